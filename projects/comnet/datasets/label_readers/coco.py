# Copyright (c) COMNet contributors. All rights reserved.
"""COCO's JSON, with or without boxes."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .json_text import by_key
from .reading import Reading


def read_coco(path: Path, content: Mapping[str, Any]) -> Reading:
    """Read the categories of the annotations of each image.

    An image without an annotation shows none of them.

    Raises:
        InputError: Images or categories are no good.
    """
    images = by_key(path, content['images'], 'id', 'file_name', 'images')
    names = by_key(path, content.get('categories'), 'id', 'name',
                   'categories')
    reading = Reading(path, 'COCO')
    shown: dict[Any, list[str]] = {number: [] for number in images}
    annotations = content['annotations']
    for number, each in enumerate(
            annotations if isinstance(annotations, list) else [None], 1):
        each = each if isinstance(each, dict) else {}
        image = each.get('image_id')
        found = each.get('category_ids', [each.get('category_id')])
        if isinstance(image, list | dict) or image not in images or any(
                isinstance(one, list | dict) or one not in names
                for one in found):
            reading.problems.append(
                f'{path}: annotation {number}: no such image or category; '
                'give image_id and category_id of those in the file')
        else:
            shown[image] += [names[one] for one in found]
    for number, name in images.items():
        reading.add(name, shown[number], f'{path}: {name!r}')
    return reading
