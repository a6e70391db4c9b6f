# Copyright (c) COMNet contributors. All rights reserved.
"""Reading of a release, be it an archive or an extracted folder.

Nothing is ever extracted: a converter reads members by name and chooses the
file to write, so that no member of an archive can land elsewhere.
"""

import os
import shutil
import tarfile
import zipfile
import zlib
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from lzma import LZMAError
from pathlib import Path, PurePosixPath

from ..utils import InputError, first_few
from ..utils.atomic_file import write_atomically, write_bytes
from ..utils.text_file import require_regular

SHOWN = 10  # names of missing files
ERRORS = (OSError, EOFError, tarfile.TarError, zipfile.BadZipFile, zlib.error,
          LZMAError, NotImplementedError, RuntimeError, ValueError)


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Tell of a corrupt archive in one line."""
    try:
        yield
    except InputError:
        raise
    except ERRORS as error:
        raise InputError(f'{path}: cannot be read to its end ({error}); '
                         'download it again') from error


class Source(ABC):
    """The files of a release, by their names below its root.

    Args:
        path: Archive or folder.
        marker: Pattern of a file that tells where the root is, such as
            ``ImageSets/Segmentation/train.txt``: archives and people put the
            release into folders of their own. The shallowest root counts.

    Raises:
        InputError: The archive is cut off, unsafe or of something else.
    """

    def __init__(self, path: Path, marker: str) -> None:
        self.path = path
        with reading(self.path):
            names = [name for name in self._scan() if not _is_hidden(name)]
        self.root = self._find_root(names, marker)
        self.names = frozenset(name.removeprefix(self.root) for name in names
                               if name.startswith(self.root))

    @abstractmethod
    def _scan(self) -> Iterator[str]:
        """Yield the names of all files."""

    @abstractmethod
    def _read(self, names: frozenset[str]) -> Iterator[tuple[str, bytes]]:
        """Yield name and content of some files, in the order they lie."""

    def read(self, names: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        """Yield name and content of files, in the order that they lie in.

        Raises:
            InputError: A file is missing, or the archive is corrupt.
        """
        wanted = frozenset(names)
        self.require(wanted)
        if not wanted:
            return
        with reading(self.path):
            for name, data in self._read(
                    frozenset(self.root + name for name in wanted)):
                yield name.removeprefix(self.root), data

    def read_file(self, name: str) -> bytes:
        """Return the content of one file, see :meth:`read`."""
        (_, data), = self.read([name])
        return data

    def read_lines(self, name: str) -> list[str]:
        """Return the lines of a text file that are not empty."""
        try:
            lines = self.read_file(name).decode().splitlines()
        except UnicodeDecodeError as error:
            raise InputError(f'{self.path}: {name} is not UTF-8 text; '
                             'download it again') from error
        return [line.strip() for line in lines if line.strip()]

    def place(self, files: Mapping[str, Path]) -> Iterator[None]:
        """Write files to paths by name; yield for each one that is there."""
        for name, data in self.read(files):
            write_bytes(files[name], data)
            yield

    def require(self, names: Iterable[str]) -> None:
        """Raise an InputError unless all of these files are there."""
        missing = sorted(set(names) - self.names)
        if missing:
            raise InputError(
                f'{self.path}: incomplete, {len(missing)} files are missing: '
                f'{first_few(missing, SHOWN)}; download it again')

    def _find_root(self, names: Iterable[str], marker: str) -> str:
        """Return the folder that a pattern is relative to, '' or 'a/b/'."""
        depth = marker.count('/') + 1
        roots = Counter(PurePosixPath(name).parts[:-depth] for name in names
                        if PurePosixPath(name).match(marker))
        if not roots:
            raise InputError(f'{self.path}: no {marker} in it, so it is not '
                             'the release that is meant, or cut off; see '
                             'docs/data_sets.md')
        ranks = {root: (-len(root), number) for root, number in roots.items()}
        parts, *others = [root for root in sorted(ranks)
                          if ranks[root] == max(ranks.values())]
        if others:
            raise InputError(f'{self.path}: several releases, '
                             f'{"/".join(parts)} and {"/".join(others[0])}; '
                             'name the folder of one')
        return ''.join(f'{part}/' for part in parts)


class FolderSource(Source):
    """An extracted release."""

    def _scan(self) -> Iterator[str]:
        for folder, _, files in os.walk(self.path, followlinks=True):
            relative = Path(folder).relative_to(self.path)
            for file in files:
                yield (relative / file).as_posix()

    def _read(self, names: frozenset[str]) -> Iterator[tuple[str, bytes]]:
        for name in sorted(names):
            yield name, (self.path / name).read_bytes()

    def place(self, files: Mapping[str, Path]) -> Iterator[None]:
        """Hard-link files, which takes no space, or copy them."""
        self.require(files)
        for name, path in files.items():
            link_or_copy(self.path / (self.root + name), path)
            yield


class TarSource(Source):
    """A tar archive, of which only regular files count: no links."""

    def _scan(self) -> Iterator[str]:
        with tarfile.open(self.path) as archive:
            for member in archive:
                name = _checked(self.path, member.name)
                if member.isreg():
                    yield name

    def _read(self, names: frozenset[str]) -> Iterator[tuple[str, bytes]]:
        left = set(names)
        with tarfile.open(self.path) as archive:
            for member in archive:
                name = PurePosixPath(member.name).as_posix()
                file = archive.extractfile(member) if (
                    member.isreg() and name in left) else None
                if file is not None:
                    yield name, file.read()
                    left.remove(name)
                if not left:
                    return


class ZipSource(Source):
    """A zip archive."""

    def _scan(self) -> Iterator[str]:
        with zipfile.ZipFile(self.path) as archive:
            for member in archive.infolist():
                name = _checked(self.path, member.filename)
                if not member.is_dir():
                    yield name

    def _read(self, names: frozenset[str]) -> Iterator[tuple[str, bytes]]:
        with zipfile.ZipFile(self.path) as archive:
            for member in archive.infolist():
                name = PurePosixPath(member.filename).as_posix()
                if name in names and not member.is_dir():
                    yield name, archive.read(member)


def open_source(path: str | Path, marker: str) -> Source:
    """Open a folder, tar or zip archive, see :class:`Source`.

    Raises:
        InputError: There is nothing of the kind, or it is cut off.
    """
    path = Path(path)
    if not path.exists():
        raise InputError(f'{path}: no such archive or folder; '
                         'docs/data_sets.md says where to get it')
    require_regular(path)
    if path.is_dir():
        return FolderSource(path, marker)
    with reading(path):
        kind = (TarSource if tarfile.is_tarfile(path) else
                ZipSource if zipfile.is_zipfile(path) else None)
    if kind is not None:
        return kind(path, marker)
    raise InputError(f'{path}: neither a tar nor a zip archive, or cut off; '
                     'download it again')


def link_or_copy(source: Path, target: Path) -> None:
    """Make a file the same as another one, if it is not there.

    A hard link takes no space; where the file system has none, it is a copy.
    """
    try:
        os.link(source.resolve(), target)
    except FileExistsError:
        return
    except OSError:
        copy_file(source, target)


def copy_file(source: Path, target: Path) -> None:
    """Copy a file, whole or not at all."""
    with open(source, 'rb') as file:
        write_atomically(target, lambda copy: shutil.copyfileobj(file, copy))


def _checked(path: Path, name: str) -> str:
    """Return a member's name without ``./``, if it does not lead out."""
    member = PurePosixPath(name.replace('\\', '/'))
    if member.is_absolute() or '..' in member.parts:
        raise InputError(f'{path}: its member {name!r} leads out of the '
                         'folder; get the official archive')
    return PurePosixPath(name).as_posix()


def _is_hidden(name: str) -> bool:
    """Whether a name is of no release: of macOS, or of a killed process."""
    return any(part.startswith('.') or part == '__MACOSX'
               for part in PurePosixPath(name).parts)
