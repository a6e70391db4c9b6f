# Copyright (c) COMNet contributors. All rights reserved.
"""COCO's file of instances, image by image, and masks drawn from it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np

from ..datasets.voc_folder import IGNORE_INDEX, save_mask
from ..utils import InputError

ERRORS = (ValueError, KeyError, TypeError, AttributeError, RecursionError)
MIN_NUMBERS = 6  # of a polygon's corners; pycocotools takes 4 for a box


@dataclass(frozen=True)
class Shape:
    """An object, or a crowd of them.

    Attributes:
        label: Its class, from 1.
        is_crowd: Whether it is a region with many objects, not all of whose
            pixels are theirs.
        area: In pixels.
        segmentation: Polygons, each an array of x, y, x, y, …, or a dict of
            run lengths.
    """
    label: int
    is_crowd: bool
    area: float
    segmentation: Any


@dataclass
class CocoImage:
    """An image and the objects on it.

    Attributes:
        file_name: Such as ``COCO_train2014_000000000009.jpg``.
        size: Height and width in pixels.
        shapes: Its objects.
    """
    file_name: str
    size: tuple[int, int]
    shapes: list[Shape] = field(default_factory=list)

    @property
    def labels(self) -> list[int]:
        """The classes that it shows, those in crowds as well."""
        return sorted({shape.label for shape in self.shapes})


def read_coco(data: bytes, where: str) -> tuple[list[str], list[CocoImage]]:
    """Read the content of ``instances_*.json``.

    Returns:
        The names of the classes by their categories' ids, and the images that
        show at least one object, by their ids.

    Raises:
        InputError: It is no such file; ``where`` names it.
    """
    try:
        content = json.loads(data)
        categories = sorted(content['categories'], key=lambda one: one['id'])
        labels = {one['id']: label
                  for label, one in enumerate(categories, 1)}
        images = {one['id']: CocoImage(_plain_name(one['file_name']),
                                       (one['height'], one['width']))
                  for one in content['images']}
        for one in content['annotations']:
            images[one['image_id']].shapes.append(Shape(
                labels[one['category_id']], bool(one['iscrowd']),
                float(one['area']), _compact(one['segmentation'])))
        return ([str(one['name']) for one in categories],
                [images[key] for key in sorted(images) if images[key].shapes])
    except ERRORS as error:
        raise InputError(
            f'{where}: not a file of COCO\'s instances '
            f'({type(error).__name__}: {error}); download it again') from error


def _compact(segmentation: Any) -> Any:
    """Return polygons as arrays, which take a quarter of the memory."""
    if isinstance(segmentation, list):
        return [np.array(polygon, dtype=float) for polygon in segmentation]
    return segmentation


def _plain_name(name: Any) -> str:
    if PurePosixPath(name).name != name:
        raise ValueError(f'{name!r} is not the name of an image')
    return name


def require_pycocotools() -> None:
    """Raise an InputError unless pycocotools is installed."""
    try:
        import pycocotools.mask  # noqa: F401
    except ImportError as error:
        raise InputError('pycocotools, which draws COCO\'s masks, is not '
                         'installed; pip install pycocotools') from error


def write_coco_mask(path: Path, size: tuple[int, int],
                    shapes: Sequence[Shape]) -> None:
    """Write the mask of an image, see :func:`draw_shapes`.

    Raises:
        InputError: A shape is none.
    """
    try:
        mask = draw_shapes(size, shapes)
    except Exception as error:  # pycocotools raises Exception itself
        raise InputError(f'{path.stem}: a segmentation is none of COCO\'s '
                         f'({error}); download the annotations again'
                         ) from error
    save_mask(path, mask)


def draw_shapes(size: tuple[int, int],
                shapes: Sequence[Shape]) -> np.ndarray:
    """Draw objects, the smaller ones over the larger ones; crowds become 255.

    Returns:
        Label ids, shape (H, W) = ``size``, uint8.
    """
    mask = np.zeros(size, dtype=np.uint8)
    for shape in sorted(shapes, key=lambda shape: -shape.area):
        inside = decode_segmentation(shape.segmentation, *size)
        mask[inside] = IGNORE_INDEX if shape.is_crowd else shape.label
    return mask


def decode_segmentation(segmentation: Any, height: int,
                        width: int) -> np.ndarray:
    """Return which pixels a segmentation covers, bool (height, width)."""
    from pycocotools import mask as coco_mask

    if isinstance(segmentation, list):
        segmentation = [polygon for polygon in segmentation
                        if len(polygon) >= MIN_NUMBERS]
        if not segmentation:
            return np.zeros((height, width), dtype=bool)
        code = coco_mask.merge(
            coco_mask.frPyObjects(segmentation, height, width))
    elif isinstance(segmentation['counts'], str):  # compressed
        code = dict(size=segmentation['size'],
                    counts=segmentation['counts'].encode())
    else:
        code = coco_mask.frPyObjects(segmentation, height, width)
    inside = coco_mask.decode(code).astype(bool)
    if inside.shape != (height, width):
        raise ValueError(f'{inside.shape[1]} x {inside.shape[0]} pixels, the '
                         f'image has {width} x {height}')
    return inside
