# Copyright (c) COMNet contributors. All rights reserved.
"""Plain JSON: ``{image: [classes]}``, or an object or line an image."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ...utils import InputError
from ..picture_names import PictureNames
from . import headers
from .cells import classes_in
from .reading import Reading

WRITE = 'write {"image": "a.jpg", "classes": ["cat"]}'


def read_entries(path: Path, content: Any, ids: Sequence[str],
                 classes: Sequence[str] | None) -> Reading:
    """Read ``{image: [classes]}`` or a list of objects with both.

    Raises:
        InputError: It is of another kind, or several keys could be the
            classes.
    """
    if not isinstance(content, dict | list):
        raise InputError(f'{path}: neither an object nor a list; write '
                         '{"a.jpg": ["cat"]}')
    reading = Reading(path, 'classes by image' if isinstance(content, dict)
                      else 'an object an image')
    known = None if classes is None else frozenset(classes)
    for place, name, value in _entries(path, content):
        if isinstance(value, dict) and 'choices' in value:  # Label Studio
            value = value['choices']
        elif isinstance(value, dict) and value and all(
                flag in (0, 1) for flag in value.values()):
            value = [label for label, flag in value.items() if flag]
        names = ([] if value is None else classes_in(value, known)
                 if isinstance(value, str) else value)
        if not isinstance(name, str) or not isinstance(
                names, list) or not all(isinstance(each, str)
                                        for each in names):
            number = isinstance(name, str) and _has_number(names)
            why = 'a class is a number' if number else (
                'not an image and its classes')
            reading.problems.append(f'{place}: {why}; {WRITE}')
        else:
            reading.add(name, names, place)
    _refuse_images_by_class(reading, ids)
    return reading


def _has_number(value: Any) -> bool:
    return any(isinstance(each, int | float) for each in (
        value if isinstance(value, list) else [value]))


def _entries(path: Path, content: Any) -> Iterator[tuple[str, Any, Any]]:
    """Yield where an entry stands, its image and its classes."""
    if isinstance(content, dict):
        for name, names in content.items():
            yield f'{path}: {name!r}', name, names
        return
    for number, entry in enumerate(content, 1):
        place = f'{path}: entry {number}'
        if not isinstance(entry, dict):
            yield place, None, None
            continue
        entry = {headers.plain(key): value for key, value in entry.items()}
        image = next((entry[key] for key in headers.IMAGE if isinstance(
            entry.get(key), str)), None)
        key = _label_key(place, entry)
        yield place, image if key else None, entry.get(key or '')


def _label_key(place: str, entry: Mapping[str, Any]) -> str | None:
    """Return the key of the classes, if there is one."""
    keys = [key for key in entry if headers.is_label(key)
            and key not in headers.IMAGE]
    named = [key for key in keys if not _has_number(entry[key])] or keys
    if len(named) > 1:
        raise InputError(f'{place}: {" and ".join(map(repr, named))} could '
                         'both be the classes; keep one of them')
    return named[0] if named else None


def _refuse_images_by_class(reading: Reading, ids: Sequence[str]) -> None:
    """Refuse ``{class: [images]}``, the other way round."""
    pictures = PictureNames(ids)
    for entry in reading.entries:
        if pictures.knows(entry.name):
            return
        if any(pictures.knows(name) for name in entry.classes):
            raise InputError(f'{entry.place}: images by class; turn it round: '
                             '{"a.jpg": ["cat"]}')
