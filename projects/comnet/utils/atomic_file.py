# Copyright (c) COMNet contributors. All rights reserved.
"""Files that are there as a whole or not at all."""

import os
import platform
import time
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

DAY = 86400  # seconds


def write_atomically(path: str | Path,
                     write: Callable[[BinaryIO], object]) -> None:
    """Call ``write`` on a neighbour of a file, then rename it.

    The folder of the file is made.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f'.{path.name}.{platform.node()}.{os.getpid()}')
    try:
        with open(partial, 'wb') as file:
            write(file)
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)


def write_bytes(path: str | Path, data: bytes | memoryview) -> None:
    """Write a file, whole or not at all."""
    write_atomically(path, lambda file: file.write(data))


def remove_partial_files(folder: str | Path) -> None:
    """Delete what killed processes left of :func:`write_atomically`.

    Of processes of other machines, which nobody can ask, what is a day old.
    """
    for path in Path(folder).rglob('.*.*.[0-9]*'):
        name, pid = path.name.rsplit('.', 1)
        if not pid.isdigit():
            continue
        own = name.endswith(f'.{platform.node()}')
        if not _is_running(int(pid)) if own else _is_old(path):
            path.unlink(missing_ok=True)


def _is_old(path: Path) -> bool:
    try:
        return time.time() - path.stat().st_mtime > DAY
    except FileNotFoundError:
        return False


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)  # sends nothing
    except ProcessLookupError:
        return False
    except PermissionError:  # somebody else's
        pass
    return True
