# Copyright (c) COMNet contributors. All rights reserved.
"""Files that are there as a whole or not at all, after a power cut, too."""

import ctypes
import errno
import os
import platform
import time
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

DAY = 86400  # seconds
IMAGES = ('.png', '.npz', '.npy')  # what steps make an image of


def write_atomically(path: str | Path,
                     write: Callable[[BinaryIO], object],
                     durable: bool = False) -> None:
    """Call ``write`` on a neighbour of a file, then rename it.

    The folder of the file is made.

    Args:
        path: The file.
        write: Is given the neighbour, open for bytes.
        durable: Whether to wait until the disk has it under its name. Many
            small files leave that to one :func:`sync_files`.

    Raises:
        OSError: It cannot be written; its filename is that of the file.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f'.{path.name}.{platform.node()}.{os.getpid()}')
    try:
        with open(partial, 'wb') as file:
            write(file)
            if durable:
                file.flush()
                os.fsync(file.fileno())
        os.replace(partial, path)
        if durable:
            _sync_names(path.parent)
    except OSError as error:
        if error.filename in (None, str(partial), partial):
            raise _naming(error, path) from error
        raise
    finally:
        partial.unlink(missing_ok=True)


def write_bytes(path: str | Path, data: bytes | memoryview,
                durable: bool = False) -> None:
    """Write a file, whole or not at all, see :func:`write_atomically`."""
    write_atomically(path, lambda file: file.write(data), durable)


def sync_files(folder: str | Path) -> None:
    """Wait until the disk has all files of a folder under their names.

    And all else of its file system, in one call where the C library has it.
    """
    syncfs = getattr(ctypes.CDLL(None, use_errno=True), 'syncfs', None)
    if syncfs is None:
        os.sync()
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        if syncfs(descriptor):
            code = ctypes.get_errno()
            raise OSError(code, os.strerror(code), str(folder))
    finally:
        os.close(descriptor)


def _naming(error: OSError, path: Path) -> OSError:
    """Return an error of writing that names the file: few of them do."""
    return OSError(error.errno or errno.EIO, error.strerror or str(error),
                   str(path))


def _sync_names(folder: Path) -> None:
    """Wait until the disk has the names of a folder's files."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno != errno.EINVAL:  # some file systems cannot
            raise
    finally:
        os.close(descriptor)


def remove_partial_files(folder: str | Path, deep: bool = True) -> None:
    """Delete what killed processes left of :func:`write_atomically`.

    In the folders of the folder, too, where it is to be ``deep``.

    Of processes of other machines, which nobody can ask, what is a day old;
    and the empty images that a power cut leaves of what was not yet on disk.
    """
    for path in Path(folder).glob('**/*.*' if deep else '*.*'):
        if path.suffix in IMAGES and path.stat().st_size == 0:
            path.unlink()
        if not is_partial(path.name):
            continue
        name, _, pid = path.name.rpartition('.')
        own = name.endswith(f'.{platform.node()}')
        if not _is_running(int(pid)) if own else _is_old(path):
            path.unlink(missing_ok=True)


def is_partial(name: str) -> bool:
    """Tell the name of what :func:`write_atomically` has begun."""
    name, _, pid = name.rpartition('.')
    return name.startswith('.') and '.' in name[1:] and pid.isdigit()


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
    return not _is_zombie(pid)


def _is_zombie(pid: int) -> bool:
    """Whether a process has ended, though nobody has asked how.

    In a container without an init nobody ever does.
    """
    try:
        status = Path(f'/proc/{pid}/stat').read_text()
    except OSError:  # it is gone, or there is no /proc
        return False
    return status.rpartition(')')[2].split()[0] == 'Z'
