# Copyright (c) COMNet contributors. All rights reserved.
"""The formats of masks that there are."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from . import coco, cvat, labelme, png, yolo
from .shapes import Drawing, Item


@dataclass(frozen=True)
class MaskFormat:
    """A format of masks.

    Attributes:
        write: Fills a folder.
        read: Returns what a folder or file holds; an InputError tells what is
            no such file.
    """
    write: Callable[[Iterable[Item], Sequence[str], Path], None]
    read: Callable[[Path, Sequence[str]], list[Drawing]]


FORMATS = {
    'coco': MaskFormat(coco.write, coco.read),
    'yolo': MaskFormat(yolo.write, yolo.read),
    'labelme': MaskFormat(labelme.write, labelme.read),
    'cvat': MaskFormat(cvat.write, cvat.read),
    'png': MaskFormat(png.write, png.read)}
"""Formats by their names."""
