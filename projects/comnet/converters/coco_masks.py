# Copyright (c) COMNet contributors. All rights reserved.
"""COCO's objects drawn into one mask, with pycocotools."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ..datasets.voc_folder import IGNORE_INDEX, save_mask
from ..utils import InputError

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
    """Draw objects, the smaller ones over the larger ones.

    Args:
        size: Height and width in pixels.
        shapes: Objects and crowds; crowds become 255.

    Returns:
        Label ids, shape (H, W), uint8.
    """
    mask = np.zeros(size, dtype=np.uint8)
    for shape in sorted(shapes, key=lambda shape: -shape.area):
        inside = _decode(shape.segmentation, *size)
        mask[inside] = IGNORE_INDEX if shape.is_crowd else shape.label
    return mask


def _decode(segmentation: Any, height: int, width: int) -> np.ndarray:
    """Return which pixels a segmentation covers, bool (height, width)."""
    from pycocotools import mask as coco_mask

    if isinstance(segmentation, list):
        segmentation = [polygon for polygon in segmentation
                        if len(polygon) >= MIN_NUMBERS]
        if not segmentation:
            return np.zeros((height, width), dtype=bool)
        code = coco_mask.merge(
            coco_mask.frPyObjects(segmentation, height, width))
    else:
        code = coco_mask.frPyObjects(segmentation, height, width)
    inside = coco_mask.decode(code).astype(bool)
    if inside.shape != (height, width):
        raise ValueError(f'{inside.shape[1]} x {inside.shape[0]} pixels, the '
                         f'image has {width} x {height}')
    return inside
