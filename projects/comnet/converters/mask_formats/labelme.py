# Copyright (c) COMNet contributors. All rights reserved.
"""labelme: a JSON beside each picture, with the points of outlines."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from ...utils import InputError
from .files import find_files, place_picture, read_json, write_json
from .shapes import Drawing, Item, Shape, outlines, polygon

VERSION = '5.5.0'
KINDS = ('polygon', 'rectangle')


def write(items: Iterable[Item], classes: Sequence[str],
          folder: Path) -> None:
    """Write an outline a part of a class, holes joined to it by a seam."""
    for item in items:
        place_picture(item, folder)
        height, width = item.mask.shape
        path = folder / f'{item.image_id}.json'
        write_json(path, dict(
            version=VERSION, flags={}, shapes=[
                dict(label=name, points=outline.tolist(), group_id=None,
                     description='', shape_type='polygon', flags={})
                for _, name, pixels in item.regions(classes)
                for outline in outlines(pixels, item.tolerance)],
            imagePath=Path(item.file_name).name, imageData=None,
            imageHeight=height, imageWidth=width))


def read(source: Path, classes: Sequence[str]) -> list[Drawing]:
    """Read polygons and rectangles; later ones lie above earlier ones."""
    files = find_files(source, '.json')
    root = source if source.is_dir() else source.parent
    drawings = []
    for path in files:
        name = str(path.relative_to(root).with_suffix(''))
        drawings.append(Drawing(name, str(path)))
        with drawings[-1].noting():
            _read(path, drawings[-1])
    return drawings


def _read(path: Path, drawing: Drawing) -> None:
    """Read size and shapes of a file."""
    content = read_json(path)
    shapes = content.get('shapes')
    if not isinstance(shapes, list):
        raise InputError(f'{path}: no shapes; save it with labelme')
    size = content.get('imageHeight'), content.get('imageWidth')
    if isinstance(size[0], int) and isinstance(size[1], int):
        drawing.size = size[0], size[1]
    for number, each in enumerate(shapes, 1):
        if not isinstance(each, dict) or not isinstance(
                each.get('label'), str):
            raise InputError(f'{path}: shape {number}: no label; save it with '
                             'labelme')
        drawing.shapes.append(_shape(f'{path}: shape {number}', each))


def _shape(place: str, content: dict[str, Any]) -> Shape:
    kind = content.get('shape_type', 'polygon')
    points = content.get('points', [])
    if kind not in KINDS:
        raise InputError(f'{place}: shape_type is {kind!r}; draw one of '
                         f'{", ".join(KINDS)}')
    if kind == 'rectangle':
        try:
            (x, y), (x2, y2) = points
        except (ValueError, TypeError) as error:
            raise InputError(f'{place}: a rectangle has two corners; draw it '
                             'anew') from error
        points = [(x, y), (x2, y), (x2, y2), (x, y2)]
    return polygon(content['label'], points)
