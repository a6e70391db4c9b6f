# Copyright (c) COMNet contributors. All rights reserved.
"""The record of a folder: what it was made of, and whether it is finished.

``record.json`` in the folder holds the settings that its maker read and the
identity of its inputs, by content: no path, no time of a file. So a folder
that was copied or moved is as done as before, and one whose inputs were made
anew is stale.
"""

import json
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path

from mmengine.dist import barrier, is_main_process

from .atomic_file import (
    is_partial,
    remove_partial_files,
    sync_files,
    write_bytes,
)
from .errors import InputError, one_line
from .identity_parts import changed_parts, whole
from .memory import peak_gpu_memory, peak_memory
from .schema import check_fields
from .strict_json import load_json
from .text_file import require_regular

FILE_NAME = 'record.json'
LOCK = '.comnet.lock'  # of who writes the folder, see folder_lock
KIND = 'made by'  # shown where two records are of different makers
UNSET = 'unset'  # shown for a setting that one of two records lacks


@dataclass
class Record:
    """What a folder is made of.

    Attributes:
        settings: Plain values, nested.
        inputs: Identity of each input, by name.
        finished: Whether all of it is made.
        seconds: Time taken so far.
        memory: Peak memory of the largest process, in MiB.
        gpu_memory: Peak memory on the GPU, in MiB.
        results: What its maker measured.
        kind: Name of its maker.
    """
    settings: dict
    inputs: dict[str, str]
    finished: bool = False
    seconds: float = 0.0
    memory: float = 0.0
    gpu_memory: float = 0.0
    results: dict = field(default_factory=dict)
    kind: str = ''

    def __post_init__(self) -> None:
        # as it will be read again: tuples are lists, keys are text
        self.settings = json.loads(json.dumps(self.settings, default=str))

    @property
    def identity(self) -> str:
        """A digest of settings and inputs, what the content depends on."""
        return digest([self.kind, self.settings, {
            name: whole(value) for name, value in self.inputs.items()}])

    def changes(self, now: 'Record') -> list[str]:
        """Return what is different now, such as ``beta 10 -> 5``."""
        before, after = (dict(_flat(each.settings), **(
            {KIND: each.kind} if self.kind != now.kind else {}))
            for each in (self, now))
        reasons = [
            f'{key} {before.get(key, UNSET)} -> {after.get(key, UNSET)}'
            for key in sorted({*before, *after})
            if before.get(key, UNSET) != after.get(key, UNSET)]
        return reasons + [
            _other(name, self.inputs.get(name), now.inputs.get(name))
            for name in sorted({*self.inputs, *now.inputs})
            if whole(self.inputs.get(name)) != whole(now.inputs.get(name))]

    def write(self, folder: str | Path) -> None:
        """Write the record into its folder, whole or not at all."""
        # results may be numbers of NumPy
        text = json.dumps(asdict(self), indent=1, default=float) + '\n'
        write_bytes(Path(folder) / FILE_NAME, text.encode(), durable=True)

    @classmethod
    def read(cls, folder: str | Path) -> 'Record | None':
        """Return the record of a folder, None where there is none.

        Raises:
            InputError: The file is no record.
        """
        path = Path(folder) / FILE_NAME
        require_regular(path)
        try:
            found = cls(**load_json(path.read_text(encoding='utf-8')))
            check_fields(found)
            return found
        except (FileNotFoundError, NotADirectoryError):
            return None
        except (OSError, ValueError, TypeError, RecursionError,
                InputError) as error:
            raise InputError(
                f'{path}: not a record ({one_line(error)}); set the folder '
                'aside and make it anew') from error


def claim(folder: str | Path,
          record: Record,
          remake: bool = False,
          made_from: Iterable[str | Path] = ()) -> Record:
    """Begin a folder, or go on with one that was begun in the same way.

    Args:
        folder: Folder to fill.
        record: What it is made of.
        remake: Whether to set aside what is there if it is of something else.
        made_from: Files and folders that are read; none may lie in it.

    Returns:
        The record in the folder; a finished one says so.

    Raises:
        InputError: The folder holds something else, or what is read.
    """
    for source in made_from:
        if Path(source).resolve().is_relative_to(Path(folder).resolve()):
            raise InputError(f'{folder}: holds {source}, which it is to be '
                             'made from; name another folder to fill')
    folder = Path(folder)
    before = Record.read(folder)
    if before is None:
        if _holds_something(folder):
            if not remake:
                raise InputError(
                    f'{folder}: holds files of unknown origin, no '
                    f'{FILE_NAME}; name another folder, or --remake to set '
                    'this one aside')
            set_aside(folder)
    elif reasons := before.changes(record):
        if not remake:
            raise InputError(f'{folder}: is stale ({"; ".join(reasons)}); '
                             'name another folder, or --remake to set this '
                             'one aside')
        set_aside(folder)
    else:
        remove_partial_files(folder)
        return before
    record.write(folder)
    return record


@contextmanager
def making(folder: str | Path, record: Record) -> Iterator[dict]:
    """Note time and memory and, once the block is through, that it is done.

    Of several processes the main one does so. They leave together: nobody
    cuts the others' connections, and what is noted is there.

    Args:
        folder: Folder that is filled.
        record: Its record.

    Yields:
        The results, to be filled.
    """
    start = time.monotonic()
    record.finished = False
    if is_main_process():
        record.write(folder)
    yield record.results
    record.seconds = round(record.seconds + time.monotonic() - start, 1)
    record.memory = max(record.memory, round(peak_memory(), 1))
    record.gpu_memory = max(record.gpu_memory, round(peak_gpu_memory(), 1))
    record.finished = True
    if is_main_process():
        sync_files(folder)  # before the record says that they are there
        record.write(folder)
    barrier()


def set_aside(folder: str | Path) -> Path:
    """Rename a folder to ``NAME.old-1`` or the next free number."""
    folder = Path(folder)
    number = 1
    while (aside := folder.with_name(f'{folder.name}.old-{number}')).exists():
        number += 1
    folder.rename(aside)
    if (aside / LOCK).exists():  # which is the folder's, not the files'
        folder.mkdir()
        (aside / LOCK).rename(folder / LOCK)
    return aside


def _holds_something(folder: Path) -> bool:
    """Whether a folder has files that no killed run of ours has left."""
    return folder.is_dir() and any(
        path.name != LOCK and not is_partial(path.name)
        for path in folder.iterdir())


def digest(values: object) -> str:
    """Return a digest of plain values."""
    text = json.dumps(values, sort_keys=True, default=str)
    return sha256(text.encode()).hexdigest()


def file_identity(path: str | Path) -> str:
    """Return the digest of a file.

    Raises:
        InputError: The file cannot be read.
    """
    require_regular(path)
    try:
        content = sha256()
        with open(path, 'rb') as file:
            while block := file.read(2**20):
                content.update(block)
        return content.hexdigest()
    except OSError as error:
        raise InputError(f'{path}: cannot be read ({error.strerror}); make it '
                         'or name another file') from error


def _other(name: str, before: str | None, after: str | None) -> str:
    """Tell that an input is another one, and in what, where that is known."""
    parts = ', '.join(changed_parts(before, after))
    return f'other {name}' + (f' ({parts})' if parts else '')


def _flat(settings: Mapping, prefix: str = '') -> dict[str, object]:
    """Return nested settings by dotted names."""
    flat: dict[str, object] = {}
    for key, value in settings.items():
        if isinstance(value, list) and any(
                isinstance(item, dict) for item in value):
            value = dict(enumerate(value))
        if isinstance(value, Mapping) and value:
            flat.update(_flat(value, f'{prefix}{key}.'))
        else:
            flat[f'{prefix}{key}'] = value
    return flat
