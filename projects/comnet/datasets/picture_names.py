# Copyright (c) COMNet contributors. All rights reserved.
"""Which picture a name in a list means.

A name is an id or a file's name, below the folder of the pictures. Where no
name of a list is, they are paths of another machine or folder, and the last
parts decide.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path, PurePosixPath
from unicodedata import normalize
from urllib.parse import parse_qs, unquote, urlsplit

from .picture_files import id_of_name, is_picture

ADDRESS = re.compile(r'\w+://|/data/')  # of the web, or of Label Studio
UPLOADED = re.compile(r'[0-9a-f]{8}-')  # what that puts before a file's name


class PictureNames:
    """The ids of pictures, to look names up in.

    Accents count the same whether they are characters of their own (NFD, as
    Macs write file names) or not (NFC).

    Args:
        ids: Ids of the pictures.
    """

    def __init__(self, ids: Iterable[str]) -> None:
        self.ids = {normalize('NFC', image_id): image_id for image_id in ids}
        self.last: dict[str, list[str]] = {}
        for key, image_id in self.ids.items():
            self.last.setdefault(key.rpartition('/')[2], []).append(image_id)

    def exact(self, name: str) -> str | None:
        """Return the id that a name is, with or without its suffix."""
        name = normalize('NFC', name)
        return self.ids.get(name) or self.ids.get(id_of_name(name)) or (
            self.ids.get(name.rpartition('.')[0]) if is_picture(name)
            else None)  # with a backslash of its own

    def similar(self, name: str) -> tuple[list[str], int]:
        """Return the ids that a path ends like, and by how many parts.

        The longest end that is an id counts; where there is none, the last
        part, which is 0 parts of an id.
        """
        name = file_at(name) if ADDRESS.match(name) else name
        parts = [part for part in id_of_name(normalize('NFC', name)).split('/')
                 if part]
        for start in range(1, len(parts) - 1):
            image_id = self.ids.get('/'.join(parts[start:]))
            if image_id is not None:
                return [image_id], len(parts) - start
        found = self.last.get(parts[-1], []) if parts else []
        return found, int(len(found) == 1 and '/' not in found[0])

    def knows(self, name: str) -> bool:
        """Tell whether a name is, or ends like, an id."""
        return self.exact(name) is not None or bool(self.similar(name)[0])


def file_at(address: str) -> str:
    """Return the file that an address names.

    ``https://host/a/my%20cat.jpg?v=1`` is ``/a/my cat.jpg``; Label Studio's
    ``/data/upload/1/0a1b2c3d-cat.jpg`` is ``cat.jpg``.
    """
    parts = urlsplit(address)
    if 'd' in (given := parse_qs(parts.query)):  # its local files
        return given['d'][0]
    path = PurePosixPath(unquote(parts.path))
    return (UPLOADED.sub('', path.name, count=1) if 'upload' in path.parts
            else str(path))


def match_names(names: Iterable[str], ids: Sequence[str],
                path: Path) -> tuple[dict[str, str], list[str]]:
    """Find the picture of each name.

    Args:
        names: Names in a list.
        ids: Ids of the pictures.
        path: The list, for messages.

    Returns:
        The id of each name that means one, and a line for each that could
        mean several, or that means the same as another.
    """
    pictures, names = PictureNames(ids), list(dict.fromkeys(names))
    exact = {name: image_id for name in names
             if (image_id := pictures.exact(name)) is not None}
    if exact:
        return exact, _same_id(exact, path)
    ends: dict[str, tuple[str, int]] = {}  # id and parts of each name
    best: dict[str, int] = {}
    problems = []
    for name in names:
        candidates, parts = pictures.similar(name)
        if len(candidates) > 1:
            problems.append(
                f'{path}: {name!r} could be {candidates[0]!r} or '
                f'{candidates[1]!r}; name pictures by their path below the '
                'folder of the pictures')
        for image_id in candidates[:1]:
            ends[name] = image_id, parts
            best[image_id] = max(parts, best.get(image_id, 0))
    found = {name: image_id for name, (image_id, parts) in ends.items()
             if parts == best[image_id]}
    return found, problems + _same_end(found, path)


def _same_id(found: Mapping[str, str], path: Path) -> list[str]:
    """Return a line for each two files that would have one id."""
    first: dict[str, str] = {}
    problems = []
    for name, image_id in found.items():
        suffix = name.strip()[len(id_of_name(name)):].lower()
        if suffix and first.setdefault(image_id, suffix) != suffix:
            problems.append(
                f'{path}: {image_id + first[image_id]!r} and {name!r} would '
                f'be one picture, {image_id!r}; rename one of them')
    return problems


def _same_end(found: Mapping[str, str], path: Path) -> list[str]:
    """Return a line for each two paths that end like one id."""
    first: dict[str, str] = {}
    problems = []
    for name, image_id in found.items():
        before = first.setdefault(image_id, name)
        if id_of_name(before) != id_of_name(name):
            problems.append(
                f'{path}: {before!r} and {name!r} both end like picture '
                f'{image_id!r}; name pictures by their path below the folder '
                'of the pictures')
    return problems
