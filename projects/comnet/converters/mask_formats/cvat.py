# Copyright (c) COMNet contributors. All rights reserved.
"""CVAT for images 1.1: ``images/`` and ``annotations.xml``, exact masks."""

import xml.etree.ElementTree as ET
from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path

import numpy as np

from ...datasets.xml_file import read_xml
from ...utils import InputError
from ...utils.atomic_file import write_bytes
from .files import place_picture, single_file
from .shapes import IGNORED, Drawing, Item, Shape, polygon

KINDS = ('mask', 'polygon', 'box')


def write(items: Iterable[Item], classes: Sequence[str],
          folder: Path) -> None:
    """Write a mask a class of a picture, as run lengths."""
    root = ET.Element('annotations')
    ET.SubElement(root, 'version').text = '1.1'
    labels = ET.SubElement(ET.SubElement(
        ET.SubElement(root, 'meta'), 'task'), 'labels')
    for name in (*classes, IGNORED):
        ET.SubElement(ET.SubElement(labels, 'label'), 'name').text = name
    for number, item in enumerate(items):
        place_picture(item, folder / 'images')
        height, width = item.mask.shape
        image = ET.SubElement(
            root, 'image', id=str(number), name=item.file_name,
            width=str(width), height=str(height))
        for _, name, pixels in item.regions(classes):
            ET.SubElement(image, 'mask', dict(
                label=name, source='auto', occluded='0', z_order='0',
                **_run_lengths(pixels)))
    ET.indent(root)
    write_bytes(folder / 'annotations.xml',
                ET.tostring(root, encoding='utf-8', xml_declaration=True))


def _run_lengths(pixels: np.ndarray) -> dict[str, str]:
    """Return a region (H, W) as CVAT has it: rows of its box, 0 first."""
    rows, columns = (np.flatnonzero(pixels.any(axis=axis)) for axis in (1, 0))
    top, left = rows[0], columns[0]
    part = pixels[top:rows[-1] + 1, left:columns[-1] + 1]
    flat = np.concatenate([[False], part.flatten()])
    ends = np.flatnonzero(np.diff(flat)) + 1
    runs = np.diff([1, *ends, flat.size])
    return dict(rle=', '.join(map(str, runs.tolist())), left=str(left),
                top=str(top), width=str(part.shape[1]),
                height=str(part.shape[0]))


def read(source: Path, classes: Sequence[str]) -> list[Drawing]:
    """Read masks, polygons and boxes, by their ``z_order``; not tags."""
    path = single_file(source, '.xml')
    root = read_xml(path)
    images = root.findall('image') if root.tag == 'annotations' else []
    if not images:
        raise InputError(f'{path}: no <image> in <annotations>; export "CVAT '
                         'for images 1.1"')
    return [_drawing(path, number, image)
            for number, image in enumerate(images, 1)]


def _drawing(path: Path, number: int, image: ET.Element) -> Drawing:
    name = image.get('name', '')
    drawing = Drawing(
        name, f'{path}: {name!r}' if name else f'{path}: image {number}')
    with drawing.noting():
        _read(image, drawing)
    return drawing


def _read(image: ET.Element, drawing: Drawing) -> None:
    """Read size and shapes of a picture."""
    try:
        drawing.size = (
            int(image.get('height', '')), int(image.get('width', '')))
        shapes = sorted(
            (each for each in image if each.tag != 'tag'),
            key=lambda each: int(each.get('z_order', '0')))
    except ValueError as error:
        raise InputError(f'{drawing.place}: no whole number ({error}); export '
                         'it again') from error
    for each in shapes:
        if each.tag not in KINDS:
            raise InputError(f'{drawing.place}: a {each.tag} covers no '
                             f'pixels; draw one of {", ".join(KINDS)}')
        drawing.shapes.append(_shape(each))


def _shape(node: ET.Element) -> Shape:
    label = node.get('label', '')
    if node.tag == 'mask':
        return Shape(label, partial(_pixels, node))
    if node.tag == 'box':
        x, y, x2, y2 = (node.get(key, '') for key in (
            'xtl', 'ytl', 'xbr', 'ybr'))
        return polygon(label, [x, y, x2, y, x2, y2, x, y2])
    return polygon(label, [
        pair.split(',') for pair in node.get('points', '').split(';')])


def _pixels(node: ET.Element, size: tuple[int, int]) -> np.ndarray:
    """Return the pixels (H, W) of run lengths, or raise a ValueError."""
    left, top, width, height = (int(node.get(key, '')) for key in (
        'left', 'top', 'width', 'height'))
    runs = np.array(node.get('rle', '').split(','), dtype=np.int64)
    if min(left, top, width, height, *runs) < 0 or (
            runs.sum() != width * height):
        raise ValueError(f'run lengths that are not of its {width} x {height} '
                         'pixels')
    if left + width > size[1] or top + height > size[0]:
        raise ValueError(f'a mask that ends at ({left + width}, '
                         f'{top + height}), beside the picture of {size[1]} x '
                         f'{size[0]} pixels')
    inside = np.zeros(size, dtype=bool)
    inside[top:top + height, left:left + width] = np.repeat(
        np.arange(len(runs)) % 2 == 1, runs).reshape(height, width)
    return inside
