# Copyright (c) COMNet contributors. All rights reserved.
"""The formats of masks that there are."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ...utils.constants import MASK_FORMATS
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


FORMATS = {name: MaskFormat(module.write, module.read)
           for name, module in zip(
               MASK_FORMATS, (coco, yolo, labelme, cvat, png), strict=True)}
"""Formats by their names."""
