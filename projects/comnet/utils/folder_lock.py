# Copyright (c) COMNet contributors. All rights reserved.
"""One run a folder: a lock that ends with whoever holds it.

It is the kernel's own (:class:`filelock.FileLock`), on a hidden file in the
folder, which is removed at the end. The file says who holds it, for messages,
and for machines that do not hear of each other's locks. What a killed run
leaves is taken over on its machine.
"""

import json
import platform
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, fields
from os import getpid
from pathlib import Path

from filelock import BaseFileLock, FileLock, SoftFileLock, Timeout
from mmengine.dist import is_main_process

from .errors import InputError
from .processes import on_main
from .record import LOCK
from .text_file import require_regular

PATIENCE = 5  # seconds that processes of a killed run take to end
BOOT = Path('/proc/sys/kernel/random/boot_id')  # of a machine, until it stops


@dataclass(frozen=True)
class Holder:
    """Who writes a folder.

    Attributes:
        host: Name of the machine, or of a container on it.
        boot: What the machine is told by, whatever the container.
        pid: Number of the process.
        since: When it began, for people.
    """
    host: str
    boot: str
    pid: int
    since: str

    @classmethod
    def me(cls) -> 'Holder':
        """Return this process."""
        return cls(platform.node(), _boot(), getpid(),
                   time.strftime('%Y-%m-%d %H:%M:%S'))

    @classmethod
    def read(cls, path: Path) -> 'Holder | None':
        """Return who holds a lock; None where nobody does or it is unsaid."""
        try:
            require_regular(path)
            content = json.loads(path.read_text(encoding='utf-8'))
            return cls(**{each.name: content[each.name]
                          for each in fields(cls)})
        except (OSError, ValueError, TypeError, KeyError, RecursionError):
            return None

    def is_near(self) -> bool:
        """Whether it is on this machine, whose kernel knows if it is gone."""
        return self.host == platform.node() or bool(
            self.boot) and self.boot == _boot()

    def __str__(self) -> str:
        return f'process {self.pid} on {self.host} since {self.since}'


@contextmanager
def writing(folder: str | Path) -> Iterator[None]:
    """Keep other runs out of a folder, which is made, for a block.

    Of several processes the main one does so for all. A folder that is empty
    in the end is removed if it was made here.

    Raises:
        InputError: Another run writes it.
    """
    folder = Path(folder)
    made = [each for each in (folder, *folder.parents) if not each.exists()]
    found: list[BaseFileLock] = []
    on_main(lambda: found.append(_take(folder)))
    try:
        yield
    finally:
        if is_main_process():
            (folder / LOCK).unlink(missing_ok=True)  # while nobody has it
            found[0].release()
            for each in made:
                with suppress(OSError):  # there is something in it
                    each.rmdir()


def _take(folder: Path) -> BaseFileLock:
    """Return the lock of a folder, which this process holds now."""
    path = folder / LOCK
    folder.mkdir(parents=True, exist_ok=True)
    before = Holder.read(path)
    lock: BaseFileLock = FileLock(path)
    try:
        lock.acquire(timeout=PATIENCE)
    except Timeout as error:
        raise InputError(
            f'{folder}: another run, {Holder.read(path) or "unknown"}, writes '
            'it; wait for it, or name another folder') from error
    if before is not None and not before.is_near():
        lock.release()
        raise InputError(
            f'{folder}: another run, {before}, writes it or was killed; wait '
            f'for it, or remove {path} if it is gone')
    if not isinstance(lock, SoftFileLock):  # which has a text of its own
        try:
            path.write_text(json.dumps(asdict(Holder.me())), encoding='utf-8')
        except OSError as error:  # of a full disk, which names no file
            lock.release()
            raise OSError(error.errno, error.strerror, str(folder)) from error
    return lock


def _boot() -> str:
    try:
        return BOOT.read_text().strip()
    except OSError:
        return ''
