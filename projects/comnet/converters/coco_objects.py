# Copyright (c) COMNet contributors. All rights reserved.
"""COCO's file of instances, image by image."""

import json
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

import numpy as np

from ..utils import InputError
from .coco_masks import Shape

ERRORS = (ValueError, KeyError, TypeError, AttributeError, RecursionError)


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

    Args:
        data: The content.
        where: The file, for the message.

    Returns:
        The names of the classes by their categories' ids, and the images that
        show at least one object, by their ids.

    Raises:
        InputError: It is no such file.
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
