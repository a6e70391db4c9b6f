# Copyright (c) COMNet contributors. All rights reserved.
"""The configs and tools that come with the package."""

from pathlib import Path

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
