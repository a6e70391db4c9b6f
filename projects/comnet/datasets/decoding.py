# Copyright (c) COMNet contributors. All rights reserved.
"""Decoding of pictures and masks of all kinds, in one place.

- They stand upright: a rotation noted in the EXIF data is carried out, for
  masks as for pictures, so that all sizes are those that a viewer shows.
- What is transparent lies on ImageNet's mean colour, which the networks see as
  zero, as they see padding; white or black would be an object of its own.
- 16 bits of grey are scaled to 8, 65535 being white.
- Of several frames the first one counts.
"""

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from PIL import ExifTags, Image, ImageOps

from ..utils import InputError
from ..utils.text_file import require_regular

BACKDROP = (124, 116, 104)  # RGB, ImageNet's mean
QUARTER_TURNS = (5, 6, 7, 8)  # EXIF orientations, some of them mirrored
DEEP_MODES = ('I', 'I;16', 'I;16B', 'I;16L', 'I;16N')
EXIF_ERRORS = (OSError, SyntaxError, ValueError, TypeError, KeyError,
               struct.error)
ERRORS = (*EXIF_ERRORS, EOFError, IndexError, Image.DecompressionBombError)


def open_upright(path: str | Path, what: str) -> Image.Image:
    """Decode a file, an 'image' or 'mask', and turn it upright.

    Raises:
        InputError: The file is missing, cut off or no image.
    """
    with _opened(path, what) as image:
        image.load()
        return _upright(image)


def upright_size(path: str | Path) -> tuple[int, int]:
    """Return height and width of an upright picture, from its header.

    Raises:
        InputError: The file is missing or no image.
    """
    with _opened(path, 'image') as image:
        width, height = image.size
        return (width, height) if _is_turned(image) else (height, width)


@contextmanager
def _opened(path: str | Path, what: str) -> Iterator[Image.Image]:
    """Open a file, and name it where it is no good."""
    require_regular(path)
    try:
        with Image.open(path) as image:
            yield image
    except FileNotFoundError as error:
        raise InputError(f'{path}: no such {what}; add it or leave it out of '
                         'what is read') from error
    except ERRORS as error:
        reason = str(error).replace('\n', ' ')
        raise InputError(f'{path}: not a readable {what} ({reason}); replace '
                         'the file or leave it out of what is read') from error


def _upright(image: Image.Image) -> Image.Image:
    """Carry out the rotation that the EXIF data asks for."""
    try:
        return ImageOps.exif_transpose(image)
    except EXIF_ERRORS:  # damaged: no viewer rotates it
        return image


def _is_turned(image: Image.Image) -> bool:
    """Tell whether the EXIF data asks for a turn by 90 or 270 degrees."""
    try:
        return image.getexif().get(ExifTags.Base.Orientation) in QUARTER_TURNS
    except EXIF_ERRORS:
        return False


def as_rgb(image: Image.Image, path: str | Path) -> np.ndarray:
    """Return the pixels of any picture, RGB, (H, W, 3), uint8.

    Raises:
        InputError: It has more than 16 bits a pixel and colour.
    """
    if image.mode in DEEP_MODES:
        image = _eight_bits(image, path)
    elif image.mode == 'F':
        raise InputError(f'{path}: pixels are floating-point numbers; save '
                         'the picture with 8 or 16 bits')
    if image.has_transparency_data:
        image = image.convert('RGBA')
        backdrop = Image.new('RGBA', image.size, (*BACKDROP, 255))
        image = Image.alpha_composite(backdrop, image)
    return np.array(image.convert('RGB'))


def _eight_bits(image: Image.Image, path: str | Path) -> Image.Image:
    """Scale 16 bits of grey to 8."""
    grey = np.asarray(image).astype(np.int64)  # (H, W)
    if grey.min() < 0 or grey.max() > 65535:
        raise InputError(f'{path}: pixels from {grey.min()} to {grey.max()} '
                         'take more than 16 bits; save the picture with 8 or '
                         '16 bits')
    return Image.fromarray(((grey + 128) // 257).astype(np.uint8))
