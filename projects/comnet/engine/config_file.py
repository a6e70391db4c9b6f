# Copyright (c) COMNet contributors. All rights reserved.
"""Config files as they stand, read without PyTorch."""

import logging
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from mmengine.config import Config, config

from ..utils import InputError
from ..utils.errors import one_line
from ..utils.given import require_config
from ..utils.package_files import package_folder


def read_config(path: str | Path, custom_imports: bool = True) -> Config:
    """Read any config file.

    Where it says ``{{$COMNET_CONFIGS:}}`` it means the package's configs. Its
    ``custom_imports`` may name modules that lie beside it.

    Args:
        path: The file, or the name of one of the package.
        custom_imports: Whether to import the modules that it names, which
            register components and take seconds.

    Raises:
        InputError: No such file, or not a valid config.
    """
    path = require_config(path)
    import_from(path.parent)
    os.environ.setdefault('COMNET_CONFIGS', str(package_folder('configs')))
    try:
        with _only_warnings():
            return Config.fromfile(
                path, import_custom_modules=custom_imports)
    except (Exception, SystemExit) as error:  # Python may raise anything
        raise _invalid(path, error) from error


def import_from(folder: str | Path) -> None:
    """Let modules in a folder be imported, but for names that are taken.

    A config's folder may hold files of any name, which must not stand in for
    an installed package.
    """
    path = str(Path(folder).resolve())
    if path not in sys.path:
        sys.path.append(path)


@contextmanager
def _only_warnings() -> Iterator[None]:
    """Keep mmengine from logging each variable of the environment.

    Its logger has a level for that, but imports PyTorch.
    """

    def warn(message: str, logger: Any = None,
             level: int = logging.INFO) -> None:
        if level >= logging.WARNING:
            before(message, logger, level)

    before, config.print_log = config.print_log, warn
    try:
        yield
    finally:
        config.print_log = before


def override(cfg: Config, options: Mapping[str, Any] | None) -> None:
    """Set what ``--cfg-options`` gave in a config that was read.

    Raises:
        InputError: The config has no such place.
    """
    try:
        cfg.merge_from_dict(dict(options or {}))
    except Exception as error:
        raise _invalid(cfg.filename, error) from error


def dotted(options: Mapping[str, Any], prefix: str = '') -> dict[str, Any]:
    """Return nested options by dotted names, as ``--cfg-options`` has them.

    Merged as nested dicts they would hide each other, and lose ``_delete_``.
    """
    flat: dict[str, Any] = {}
    for key, value in options.items():
        if isinstance(value, Mapping) and value:
            flat.update(dotted(value, f'{prefix}{key}.'))
        else:
            flat[f'{prefix}{key}'] = value
    return flat


def _invalid(path: str | Path, error: BaseException) -> InputError:
    return InputError(f'{path}: not a valid config ({one_line(error)}); mend '
                      'it or the --cfg-options')
