# Copyright (c) COMNet contributors. All rights reserved.
"""Annotations of OpenMMLab's data sets, such as MultiLabelDataset's."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ...utils import InputError
from .reading import Reading


def read_openmmlab(path: Path, content: Mapping[str, Any]) -> Reading:
    """Read ``{"metainfo": {"classes": …}, "data_list": […]}``.

    Of each image ``img_path`` and ``gt_label`` count, a number or several.

    Raises:
        InputError: The names of the classes are missing.
    """
    info = content['metainfo']
    names = info.get('classes') if isinstance(info, dict) else None
    if not isinstance(names, list):
        raise InputError(f"{path}: no 'classes' in its metainfo; write their "
                         'names there')
    reading = Reading(path, 'OpenMMLab')
    for number, each in enumerate(content['data_list'], 1):
        place = f'{path}: entry {number}'
        each = each if isinstance(each, dict) else {}
        given = each.get('gt_label')
        numbers: list = given if isinstance(given, list) else [given]
        if not isinstance(each.get('img_path'), str) or not all(
                isinstance(one, int) and 0 <= one < len(names)
                for one in numbers):
            reading.problems.append(
                f'{place}: no img_path, or a gt_label that is no number of a '
                'class; mend it')
        else:
            reading.add(each['img_path'], [str(names[one]) for one in numbers],
                        place)
    return reading
