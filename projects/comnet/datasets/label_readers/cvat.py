# Copyright (c) COMNet contributors. All rights reserved.
"""CVAT's XML for images."""

from pathlib import Path

from ...utils import InputError
from ..xml_file import read_xml
from .reading import Reading


def read_cvat(path: Path) -> Reading:
    """Read the tags, and the labels of shapes, of each image.

    Raises:
        InputError: It is no XML, or another kind of XML.
    """
    root = read_xml(path)
    if root.tag == 'annotation':
        raise InputError(f'{path}: the annotation of one picture; give the '
                         'folder of all')
    images = root.findall('image') if root.tag == 'annotations' else []
    if not images:
        raise InputError(f'{path}: no <image> in <annotations>; export "CVAT '
                         'for images" or give a folder of VOC\'s annotations')
    reading = Reading(path, 'CVAT')
    for number, image in enumerate(images, 1):
        place = f'{path}: image {number}'
        if not image.get('name'):
            reading.problems.append(f'{place}: no name; export again')
            continue
        reading.add(image.get('name', ''), [
            shape.get('label', '') for shape in image if shape.get('label')],
            place)
    return reading
