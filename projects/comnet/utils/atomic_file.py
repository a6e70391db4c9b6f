# Copyright (c) COMNet contributors. All rights reserved.
"""Files that are there as a whole or not at all."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO


def write_atomically(path: str | Path,
                     write: Callable[[BinaryIO], object]) -> None:
    """Call ``write`` on a neighbour of a file, then rename it.

    The folder of the file is made.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f'.{path.name}.{os.getpid()}')
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
    """Delete what killed processes left of :func:`write_atomically`."""
    for path in Path(folder).rglob('.*.*.[0-9]*'):
        pid = path.name.rsplit('.', 1)[1]
        if pid.isdigit() and not _is_running(int(pid)):
            path.unlink(missing_ok=True)


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)  # sends nothing
    except ProcessLookupError:
        return False
    except PermissionError:  # somebody else's
        pass
    return True
