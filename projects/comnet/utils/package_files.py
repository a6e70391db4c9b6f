# Copyright (c) COMNet contributors. All rights reserved.
"""Files that come with packages: this one's configs and tools, weights."""

from importlib.util import find_spec
from pathlib import Path

from .errors import InputError

PACKAGE = Path(__file__).resolve().parents[1]


def package_folder(name: str) -> Path:
    """Return the folder ``configs`` or ``tools`` of this installation.

    A wheel carries them in ``comnet/.mim``, as OpenMMLab's packages do; a
    clone has them at its root.
    """
    installed = PACKAGE / '.mim' / name
    return installed if installed.is_dir() else PACKAGE.parents[1] / name


def find_config(path: str | Path) -> Path:
    """Return a config file of the user, or else the package's own.

    That one is named with or without ``configs/``: ``demo/pipeline.py``. Where
    there is neither it is ``path`` itself.
    """
    path = Path(path)
    parts = path.parts[1:] if path.parts[:1] == ('configs', ) else path.parts
    packaged = package_folder('configs').joinpath(*parts)
    return path if path.is_file() or not packaged.is_file() else packaged


def installed_file(name: str) -> Path:
    """Return a file ``PACKAGE/FILE`` of an installed package.

    The package is not imported.

    Raises:
        InputError: There is no such file.
    """
    package, _, file = name.partition('/')
    spec = find_spec(package) if package.isidentifier() else None
    for folder in (spec and spec.submodule_search_locations) or ():
        if (Path(folder) / file).is_file():
            return Path(folder) / file
    raise InputError(f'package://{name}: no such weights; install them: '
                     f'pip install {package}')
