# Copyright (c) COMNet contributors. All rights reserved.
"""Image-level labels in files, see :mod:`comnet.datasets.image_labels`."""

import csv
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from ..utils import InputError
from .pickled_dict import PICKLE_ERRORS, read_pickled_dict
from .picture_files import id_of_name
from .voc_folder import read_text

SEPARATORS = (',', ';', '\t')
IMAGE_KEYS = ('image', 'file_name', 'filename', 'file', 'id')
CLASS_KEYS = ('classes', 'labels', 'tags', 'class', 'label')
Row = tuple[int, list[str]]  # number of the line, its cells


@dataclass
class LabelSource:
    """The classes of images, and all that could not be read.

    Attributes:
        path: The file or folder.
        classes: Names of the classes, by image id.
        places: File, and line where it has lines, by image id.
        problems: A line each: which file or line, what is wrong, what to do.
        failed: Ids of the images whose labels could not be read.
    """
    path: Path
    classes: dict[str, list[str]] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    failed: set[str] = field(default_factory=set)

    def add(self, image_id: str, names: Iterable[str], place: str) -> None:
        """Note classes of an image beside those that it has."""
        known = self.classes.setdefault(image_id, [])
        known += [name for name in names if name not in known]
        self.places.setdefault(image_id, place)

    def fail(self, image_id: str, problem: str) -> None:
        """Note that the labels of an image cannot be read."""
        self.problems.append(problem)
        self.failed.add(image_id)

    def place(self, image_id: str) -> str:
        """Return where the labels of an image stand, or should stand."""
        return self.places.get(image_id, str(self.path))


def read_csv(path: Path, ids: Sequence[str],
             classes: Sequence[str] | None) -> LabelSource:
    """Read ``image, class, class, …``, separated by comma, semicolon or tab.

    The first line is a header if its first cell is no image of ``ids`` and
    its other cells are no classes, neither known nor of any other line.
    """
    source = LabelSource(path)
    lines = read_text(path).split('\n')
    mark = max(SEPARATORS, key=(lines or [''])[0].count)
    rows = []
    for number, line in enumerate(lines, 1):
        try:
            cells = [cell.strip() for cell in next(csv.reader(
                [line], delimiter=mark, skipinitialspace=True, strict=True),
                [])]
        except csv.Error as error:
            source.problems.append(f'{path}:{number}: not a line of CSV '
                                   f'({error}); mend the quotes')
            continue
        if any(cells):
            rows.append((number, cells))
    for number, (name, *names) in _without_header(rows, ids, classes):
        place = f'{path}:{number}'
        if not name:
            source.problems.append(f'{place}: no image in the first column; '
                                   'write image, class, class, …')
        else:
            source.add(id_of_name(name), filter(None, names), place)
    return source


def _without_header(rows: Sequence[Row], ids: Sequence[str],
                    classes: Sequence[str] | None) -> Sequence[Row]:
    """Return the rows of images."""
    if not rows or rows[0][0] != 1:
        return rows
    known = set(classes or ()) or {
        name for _, (_, *names) in rows[1:] for name in names}
    image, *names = rows[0][1]
    header = id_of_name(image) not in set(ids) and known.isdisjoint(names)
    return rows[1:] if header else rows


def read_json(path: Path, ids: Sequence[str],
              classes: Sequence[str] | None) -> LabelSource:
    """Read ``{image: [classes]}`` or a list of objects with both."""
    source = LabelSource(path)
    try:
        content = json.loads(read_text(path))
    except json.JSONDecodeError as error:
        source.problems.append(f'{path}:{error.lineno}: not valid JSON '
                               f'({error.msg}); mend the file')
        return source
    for place, name, names in _entries(path, content):
        if isinstance(names, str):
            names = [names]
        if not isinstance(name, str) or not isinstance(
                names, list) or not all(isinstance(each, str)
                                        for each in names):
            source.problems.append(
                f'{place}: not an image and its classes; write {{"image": '
                '"a.jpg", "classes": ["cat"]}')
        else:
            source.add(id_of_name(name), [each.strip() for each in names],
                       place)
    return source


def _entries(path: Path, content: Any) -> Iterator[tuple[str, Any, Any]]:
    """Yield where an entry stands, its image and its classes."""
    if isinstance(content, dict):
        for name, names in content.items():
            yield f'{path}: {name!r}', name, names
        return
    if not isinstance(content, list):
        raise InputError(f'{path}: neither an object nor a list; write '
                         '{"a.jpg": ["cat"]}')
    for number, entry in enumerate(content, 1):
        found = entry if isinstance(entry, dict) else {}
        yield f'{path}: entry {number}', _first(found, IMAGE_KEYS), _first(
            found, CLASS_KEYS)


def _first(entry: Mapping[str, Any], keys: Sequence[str]) -> Any:
    return next((entry[key] for key in keys if key in entry), None)


def read_npy(path: Path, ids: Sequence[str],
             classes: Sequence[str] | None) -> LabelSource:
    """Read a pickled dict of a vector an image, without running any of it.

    Its keys are ids, file names, or ids as numbers: 2007000032 is 2007_000032.
    """
    if classes is None:
        raise InputError(f'{path}: holds no names of classes; give the names '
                         'in a file')
    try:
        vectors = {
            id_of_name(key) if isinstance(key, str) else key:
            np.asarray(value, dtype=np.float32)
            for key, value in read_pickled_dict(path).items()}
    except PICKLE_ERRORS as error:
        raise InputError(f'{path}: not a pickled dict of vectors ({error}); '
                         'give another file') from error
    source = LabelSource(path)
    sizes: Counter = Counter()
    for image_id in dict.fromkeys(ids):
        digits = image_id.replace('_', '')
        number = int(digits) if digits.isdecimal() else None
        marks = vectors.get(image_id, vectors.get(number))
        if marks is None:
            continue
        if marks.shape != (len(classes), ):
            sizes[marks.shape] += 1
            source.failed.add(image_id)
        else:
            source.add(image_id, [classes[index] for index in
                                  np.flatnonzero(marks > 0).tolist()],
                       str(path))
    source.problems += [
        f'{path}: {count} vectors of shape {shape}, but there are '
        f'{len(classes)} classes; give the classes of the file in classes.txt'
        for shape, count in sizes.items()]
    return source
