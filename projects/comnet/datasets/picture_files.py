# Copyright (c) COMNet contributors. All rights reserved.
"""Where the pictures of a list lie, whatever their suffix.

An id is a path without suffix, such as ``001`` or ``cats/001``. Each folder is
listed once, however many ids there are. Hidden files and folders, and those
that macOS and others put beside pictures, are none of the pictures.
"""

import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath
from unicodedata import category, normalize

from ..utils import InputError

PICTURE_SUFFIXES = ('.jpg', '.jpeg', '.png', '.webp', '.bmp', '.tif', '.tiff')
IMAGE_DIR = 'JPEGImages'
MASK_DIR = 'SegmentationClass'  # of true masks
LONGEST = 240  # bytes of a name, with room for a suffix
# paths that pathlib writes in another way
UNTIDY = re.compile(r'//|/$|(^|/)\.(/|$)')
BESIDE = frozenset(('__MACOSX', '@eaDir'))  # folders of thumbnails and forks


def list_files(folder: str | Path, ids: Iterable[str]) -> set[str]:
    """Return the files, relative to a folder, of the folders of some ids."""
    found: set[str] = set()
    for parent in {image_id.rpartition('/')[0] for image_id in ids}:
        try:
            entries = list(os.scandir(Path(folder) / parent))
        except (FileNotFoundError, NotADirectoryError):
            continue
        found.update(f'{parent}/{entry.name}' if parent else entry.name
                     for entry in entries)
    return found


def files_of(folder: str | Path, ids: Sequence[str],
             suffix: str) -> dict[str, Path]:
    """Return the file ID and suffix of each id that has one."""
    present = {normalize('NFC', name): name
               for name in list_files(folder, ids)}
    names = {image_id: present.get(normalize('NFC', f'{image_id}{suffix}'))
             for image_id in ids}
    return {image_id: Path(folder) / name
            for image_id, name in names.items() if name is not None}


def pictures_of(folder: str | Path,
                ids: Sequence[str]) -> dict[str, list[Path]]:
    """Return all files that are the picture of an id, sorted, for each id."""
    found: dict[str, list[Path]] = {image_id: [] for image_id in ids}
    known = {normalize('NFC', image_id): image_id for image_id in ids}
    for name in sorted(list_files(folder, ids)):
        if is_picture(name):
            image_id = known.get(normalize('NFC', name.rpartition('.')[0]))
            if image_id is not None:
                found[image_id].append(Path(folder) / name)
    return found


def find_pictures(folder: str | Path, ids: Sequence[str]) -> dict[str, Path]:
    """Return the picture of each id.

    Raises:
        InputError: There is no such folder, or no picture of an id, or more
            than one.
    """
    if not Path(folder).is_dir():
        raise InputError(f'{folder}: no such folder of images; put the '
                         'pictures there, or set data_root')
    return _single(folder, pictures_of(folder, ids))


def picture_problem(folder: str | Path, image_id: str,
                    paths: Sequence[Path]) -> str | None:
    """Say what is wrong unless an id has one picture."""
    if not paths:
        return (f'{Path(folder) / image_id}.jpg: no such image, nor with '
                'another suffix; add it or take its id out of the split')
    if len(paths) > 1:
        names = ' and '.join(path.name for path in paths[1:])
        return (f'{paths[0]}: has the same id as {names}; remove or rename '
                'all but one')
    return None


def is_picture(name: str) -> bool:
    """Tell by its suffix whether a file is a picture."""
    return name.lower().endswith(PICTURE_SUFFIXES)


def is_hidden(name: str) -> bool:
    """Tell whether a file or folder is none that its owner put there."""
    return name.startswith('.') or name in BESIDE


def visible_files(root: Path) -> Iterator[str]:
    """Yield the files of a folder and its folders, relative to it, sorted.

    Links to folders are followed, each folder once.

    Raises:
        InputError: A name cannot stand in a list.
    """
    seen: set[tuple[int, int]] = set()
    for parent, folders, names in os.walk(root, followlinks=True):
        status = os.stat(parent)
        if (status.st_dev, status.st_ino) in seen:
            folders.clear()
            continue
        seen.add((status.st_dev, status.st_ino))
        folders[:] = sorted(name for name in folders if not is_hidden(name))
        names = sorted(name for name in names if not is_hidden(name))
        for name in (*folders, *names):
            if problem := name_problem(name):
                raise InputError(f'{_shown(Path(parent) / name)}: its name '
                                 f'{problem}; rename it')
        relative = Path(parent).relative_to(root)
        yield from ((relative / name).as_posix() for name in names)


def name_problem(name: str) -> str | None:
    """Say why a name cannot stand in a list, a line an entry."""
    if any(len(os.fsencode(part)) > LONGEST for part in name.split('/')):
        return 'is too long for a file'
    kinds = set() if name.isprintable() else set(map(category, name))
    if 'Cs' in kinds:
        return 'is not UTF-8 text'
    if kinds & {'Cc', 'Zl', 'Zp'}:
        return 'has a line break or control character'
    return None


def _shown(path: Path) -> str:
    """Return a path as one line of text that any terminal takes."""
    return os.fsencode(path).decode(errors='backslashreplace').translate(
        {code: f'\\x{code:02x}' for code in range(32)})


def id_of_name(name: str) -> str:
    """Return the id that a name means: ``./cats/001.JPG`` is ``cats/001``."""
    name = name.strip().replace('\\', '/')
    stem = name.rpartition('.')[0] if is_picture(name) else name
    if stem and stem[-1] != '/' and not UNTIDY.search(name):
        return stem  # at once, as there may be millions of them
    path = PurePosixPath(name)
    return str(path.with_suffix('') if is_picture(path.name) else path)


def id_of_path(img_path: str | Path) -> str:
    """Return the id of a picture in VOC layout, or else its bare name."""
    parts = Path(img_path).with_suffix('').parts
    if IMAGE_DIR not in parts:
        return parts[-1]
    start = len(parts) - parts[::-1].index(IMAGE_DIR)
    return '/'.join(parts[start:])


def all_pictures(folder: str | Path) -> dict[str, Path]:
    """Return all pictures of a folder and its folders, by id, sorted.

    Raises:
        InputError: No such folder, no picture in it, or two of one id.
    """
    root = Path(folder)
    if not root.is_dir():
        raise InputError(f'{root}: no such folder of images; name the folder '
                         'of your pictures')
    found: dict[str, list[Path]] = {}
    for name in filter(is_picture, visible_files(root)):
        if not (root / name).is_file():
            raise InputError(f'{root / name}: no regular file, or a link to '
                             'nothing; take it out of the folder')
        image_id = name.rpartition('.')[0]
        if image_id != image_id.strip():
            raise InputError(f'{root / name}: {image_id!r} begins or ends with'
                             ' a blank, which lists do not keep; rename it')
        found.setdefault(image_id, []).append(root / name)
    if not found:
        raise InputError(f'{root}: no pictures; there should be files of '
                         f'{", ".join(PICTURE_SUFFIXES)}')
    for image_id in found:
        if is_picture(image_id) and id_of_name(image_id) in found:
            raise InputError(
                f'{found[image_id][0]}: its id, {image_id}, is the name of '
                'another picture; rename one of them')
    return _single(root, dict(sorted(found.items())))


def _single(folder: str | Path,
            found: Mapping[str, list[Path]]) -> dict[str, Path]:
    """Return the picture of each id, or raise an InputError."""
    for image_id, paths in found.items():
        if problem := picture_problem(folder, image_id, paths):
            raise InputError(problem)
    return {image_id: path for image_id, (path, ) in found.items()}
