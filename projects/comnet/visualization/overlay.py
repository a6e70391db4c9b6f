# Copyright (c) COMNet contributors. All rights reserved.
"""Masks and maps on top of pictures, with a legend."""

from collections.abc import Sequence
from pathlib import Path

import cv2
import matplotlib
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from ..datasets.voc_folder import voc_palette

OVERLAYS = 'overlays'  # folder beside masks
PALETTE = np.array(voc_palette(256), dtype=np.uint8)
HEAT = cv2.COLORMAP_VIRIDIS  # dark to light: told apart without colours, too
Entry = tuple[str, Sequence[int]]  # a name and its RGB colour
CHARACTERS = 60  # a line has, about
SMALLEST = 12  # height of the letters, in pixels
HIGHEST = (253, 231, 37)  # colour of 1 in a heat map


def colored(mask: np.ndarray) -> np.ndarray:
    """Paint a mask (H, W) in the colours of VOC, (H, W, 3)."""
    return PALETTE[mask]


def heatmap(image: np.ndarray, heat: np.ndarray) -> np.ndarray:
    """Lay heat (H, W) in [0, 1] over an image (H, W, 3)."""
    colors = cv2.applyColorMap(np.uint8(255 * heat), HEAT)
    return cv2.addWeighted(image, 0.4, colors[..., ::-1].copy(), 0.6, 0)


def overlay(image: np.ndarray, mask: np.ndarray,
            opacity: float = 0.6) -> np.ndarray:
    """Lay a mask (H, W) in VOC's colours over an image (H, W, 3).

    Background stays as it is; ``opacity`` is that of the colours, in [0, 1].
    """
    mixed = cv2.addWeighted(image, 1 - opacity, colored(mask), opacity, 0)
    return np.where(mask[..., None] > 0, mixed, image)


def named_heatmap(image: np.ndarray, heat: np.ndarray,
                  name: str) -> np.ndarray:
    """Lay heat over an image as :func:`heatmap`, with a name below."""
    return with_legend(heatmap(image, heat), [(name, HIGHEST)])


def mask_legend(mask: np.ndarray, classes: Sequence[str]) -> list[Entry]:
    """Return names and colours of the classes in a mask (H, W).

    A label is a class index + 1, as ``classes`` is without the background.
    """
    present = np.flatnonzero(np.bincount(mask.ravel())).tolist()
    return [(classes[label - 1], PALETTE[label].tolist())
            for label in present if 0 < label <= len(classes)]


def label_font(letters: int) -> ImageFont.FreeTypeFont:
    """Return the font of names of any script, ``letters`` pixels high."""
    path = Path(matplotlib.get_data_path()) / 'fonts/ttf/DejaVuSans.ttf'
    return ImageFont.truetype(path, letters)


def with_legend(picture: np.ndarray, entries: Sequence[Entry]) -> np.ndarray:
    """Put names beside squares of their colours below a picture (H, W, 3).

    It is higher afterwards, unless there are no names.
    """
    width = picture.shape[1]
    letters = max(SMALLEST, width // CHARACTERS)
    line = 3 * letters // 2
    font = label_font(letters)
    places = []
    left, top = letters // 2, letters // 2
    for name, _ in entries:
        needed = round(font.getlength(name)) + 3 * letters
        if left + needed > width and left > letters:
            left, top = letters // 2, top + line
        places.append((left, top))
        left += needed
    height = top + line if entries else 0
    strip = Image.new('RGB', (width, height), 'white')
    draw = ImageDraw.Draw(strip)
    for (name, color), (left, top) in zip(entries, places, strict=True):
        draw.rectangle((left, top, left + letters, top + letters),
                       fill=tuple(color))
        draw.text((left + 3 * letters // 2, top + letters), name,
                  fill='black', font=font, anchor='ls')
    return np.vstack([picture, np.asarray(strip)])
