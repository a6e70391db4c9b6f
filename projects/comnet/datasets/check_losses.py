# Copyright (c) COMNet contributors. All rights reserved.
"""What is lost where a picture becomes 8 bits of red, green and blue."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from .decoding import DEEP_MODES

FEW_LEVELS = 64  # of the 256 of a picture
DARK = 32  # brightness that a photograph reaches somewhere
LITTLE_CONTRAST = 50  # per cent


@dataclass(frozen=True)
class Loss:
    """What is left of a picture.

    Attributes:
        left: Number of grey levels, or per cent of the contrast.
        of: 'levels' or 'contrast'.
        brightest: The greatest value in the file, of levels.
    """
    left: int
    of: str
    brightest: int = 0


def loss_of(image: Image.Image, rgb: np.ndarray) -> Loss | None:
    """Return what a picture loses, if it is much.

    Args:
        image: As the file has it.
        rgb: As the networks see it, (H, W, 3), uint8.
    """
    if image.mode in DEEP_MODES:
        deep = np.asarray(image)
        levels = _count(rgb)
        if levels < FEW_LEVELS and 2 * levels < _count(deep):
            return Loss(levels, 'levels', int(deep.max()))
    elif rgb.max() < DARK and _count(rgb) > 1:  # Pillow cuts 3 x 16 bits
        return Loss(_count(rgb), 'levels', int(rgb.max()))
    if image.has_transparency_data:
        rgba = np.asarray(image.convert('RGBA'))
        before = _contrast(rgba[..., :3])
        partly = (rgba[..., 3] > 0) & (rgba[..., 3] < 255)
        left = round(100 * _contrast(rgb) / before) if before else 100
        if partly.mean() > 0.5 and left < LITTLE_CONTRAST:
            return Loss(left, 'contrast')
    return None


def _contrast(image: np.ndarray) -> float:
    """Return the standard deviation of the pixels (H, W, 3)."""
    return float(image.std(axis=(0, 1)).mean())


def _count(values: np.ndarray) -> int:
    """Return how many different numbers from 0 on there are."""
    return int(np.count_nonzero(np.bincount(values.ravel())))


def loss_lines(losses: Mapping[Path, Loss]) -> Iterator[str]:
    """Yield one line for each kind of loss, which names the worst picture."""
    for of, text in (
            ('levels', '{left} grey levels are left, as its values end at '
             '{brightest}{more}; stretch the values to all bits'),
            ('contrast', '{left} % of the contrast is left, as the fourth '
             'band is taken for transparency{more}; save three bands')):
        found = {path: loss for path, loss in losses.items() if loss.of == of}
        if found:
            path = min(found, key=lambda path: found[path].left)
            more = (f', and {len(found) - 1} more pictures lose much'
                    if len(found) > 1 else '')
            yield f'{path}: ' + text.format(
                left=found[path].left, brightest=found[path].brightest,
                more=more)
