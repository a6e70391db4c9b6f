# Copyright (c) COMNet contributors. All rights reserved.
"""YOLO's segmentation: ``images/``, ``labels/ID.txt`` and ``data.yaml``.

A line is a class and an outline, its coordinates shares of width and height.
"""

from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from ...datasets.voc_folder import IGNORE_INDEX
from ...utils import InputError
from ...utils.atomic_file import write_bytes
from ...utils.text_file import read_text
from .files import find_files, place_picture
from .shapes import IGNORED, Drawing, Item, Shape, fill, outlines

DATA = 'data.yaml'


def write(items: Iterable[Item], classes: Sequence[str],
          folder: Path) -> None:
    """Write an outline a part of a class, holes joined to it by a seam."""
    names = [*classes]
    for item in items:
        place_picture(item, folder / 'images')
        size = np.array(item.mask.shape[::-1])  # width, height
        lines = []
        for label, name, pixels in item.regions(classes):
            if label == IGNORE_INDEX and IGNORED not in names:
                names.append(IGNORED)
            for outline in outlines(pixels, item.tolerance):
                numbers = (outline / size).flatten().tolist()
                lines.append(' '.join([str(names.index(name)), *(
                    f'{number:.7f}' for number in numbers)]))
        write_bytes(folder / 'labels' / f'{item.image_id}.txt',
                    ''.join(f'{line}\n' for line in lines).encode())
    text = yaml.safe_dump(
        dict(path='.', train='images', val='images',
             names=dict(enumerate(names))), sort_keys=False,
        allow_unicode=True)
    write_bytes(folder / DATA, text.encode())


def read(source: Path, classes: Sequence[str]) -> list[Drawing]:
    """Read the outlines of each ``.txt``; later ones lie above earlier ones.

    ``data.yaml`` names the classes; without it they are those of the data
    set, in their order.
    """
    names = [*classes, IGNORED]
    if (source / DATA).is_file():
        names = _names(source / DATA)
    folder = source / 'labels' if (source / 'labels').is_dir() else source
    drawings = []
    for path in find_files(folder, '.txt'):
        name = str(path.relative_to(folder if folder.is_dir()
                                    else folder.parent).with_suffix(''))
        drawing = Drawing(name, str(path))
        with drawing.noting():
            drawing.shapes += [
                _shape(f'{path}:{number}', line, names)
                for number, line in enumerate(read_text(path).split('\n'), 1)
                if line.strip()]
        drawings.append(drawing)
    return drawings


def _names(path: Path) -> list[str]:
    """Return the names of the classes by their numbers."""
    try:
        content: Any = yaml.safe_load(read_text(path))
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise InputError(f'{path}: not valid YAML '
                         f'({" ".join(str(error).split())}); export it again'
                         ) from error
    names = content.get('names') if isinstance(content, dict) else None
    if isinstance(names, dict) and {*names} == {*range(len(names))}:
        names = [names[number] for number in range(len(names))]
    if not isinstance(names, list) or not all(
            isinstance(name, str) for name in names):
        raise InputError(f'{path}: no names of classes; write names: '
                         '{0: cat, 1: dog}')
    return names


def _shape(place: str, line: str, names: Sequence[str]) -> Shape:
    """Read a class and an outline."""
    first, *rest = line.split()
    try:
        number = int(first)
        points = np.array(rest, dtype=float).reshape(-1, 2)
        if len(points) < 3 or not np.isfinite(points).all():
            raise ValueError('less than three points')
    except ValueError as error:
        raise InputError(f'{place}: no number of a class and outline ({error})'
                         '; write 0 x y x y x y') from error
    if not 0 <= number < len(names):
        raise InputError(f'{place}: class {number}, but there are '
                         f'{len(names)}, from 0 on; mend the number')
    return Shape(names[number], partial(_pixels, points))


def _pixels(shares: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    return fill(shares * np.array(size[::-1]), size)
