# Copyright (c) COMNet contributors. All rights reserved.
"""COCO: ``images/`` and ``annotations.json`` with run lengths, exact."""

from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from ...datasets.label_readers.json_text import by_key
from ...utils import InputError
from ..coco_objects import decode_segmentation, require_pycocotools
from .files import place_picture, read_json, single_file, write_json
from .shapes import Drawing, Item, Shape


def write(items: Iterable[Item], classes: Sequence[str],
          folder: Path) -> None:
    """Write an annotation a class of a picture, as run lengths."""
    require_pycocotools()
    images: list[dict] = []
    annotations: list[dict] = []
    names = dict(enumerate(classes, 1))
    for number, item in enumerate(items, 1):
        place_picture(item, folder / 'images')
        height, width = item.mask.shape
        images.append(dict(id=number, file_name=item.file_name, width=width,
                           height=height))
        for label, name, pixels in item.regions(classes):
            names[label] = name
            annotations.append(dict(
                id=len(annotations) + 1, image_id=number, category_id=label,
                iscrowd=0, **_run_lengths(pixels)))
    write_json(folder / 'annotations.json', dict(
        images=images, annotations=annotations, categories=[
            dict(id=label, name=name, supercategory='')
            for label, name in names.items()]))


def _run_lengths(pixels: np.ndarray) -> dict[str, Any]:
    """Return a region (H, W) as COCO has it."""
    from pycocotools import mask as coco_mask

    code = coco_mask.encode(np.asfortranarray(pixels, dtype=np.uint8))
    return dict(area=int(pixels.sum()), bbox=coco_mask.toBbox(code).tolist(),
                segmentation=dict(size=[*pixels.shape],
                                  counts=code['counts'].decode()))


def read(source: Path, classes: Sequence[str]) -> list[Drawing]:
    """Read run lengths and polygons, drawn by pycocotools.

    Larger objects lie below smaller ones. A crowd is of its class like any
    object: CVAT marks what is drawn with a brush so.
    """
    require_pycocotools()
    path = single_file(source, '.json')
    content = read_json(path)
    if not all(isinstance(content.get(key), list)
               for key in ('images', 'annotations', 'categories')):
        raise InputError(f'{path}: no images, annotations and categories; '
                         'export it as COCO')
    files = by_key(path, content['images'], 'id', 'file_name', 'images')
    names = by_key(path, content['categories'], 'id', 'name', 'categories')
    drawings = {number: Drawing(name, f'{path}: {name!r}')
                for number, name in files.items()}
    for image in content['images']:
        size = image.get('height'), image.get('width')
        if all(isinstance(side, int) for side in size):
            drawings[image['id']].size = size
    found = []
    for number, each in enumerate(content['annotations'], 1):
        each = each if isinstance(each, dict) else {}
        image, category = each.get('image_id'), each.get('category_id')
        if not (_is_key(image, drawings) and _is_key(category, names)
                and 'segmentation' in each):
            raise InputError(
                f'{path}: annotation {number}: no image, category or '
                'segmentation that is in the file; export it with all three')
        area = each.get('area')
        found.append((-area if isinstance(area, int | float) else 0.0,
                      image, Shape(
            names[category], partial(_pixels, each['segmentation']))))
    for _, image, shape in sorted(found, key=lambda one: one[0]):
        drawings[image].shapes.append(shape)
    return [*drawings.values()]


def _is_key(value: Any, known: dict) -> bool:
    return not isinstance(value, list | dict) and value in known


def _pixels(segmentation: Any, size: tuple[int, int]) -> np.ndarray:
    """Return the pixels (H, W) of a segmentation, or raise a ValueError."""
    try:
        return decode_segmentation(segmentation, *size)
    except Exception as error:  # pycocotools raises Exception itself
        raise ValueError(f'no segmentation of COCO ({error})') from error
