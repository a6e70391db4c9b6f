# Copyright (c) COMNet contributors. All rights reserved.
"""Masks in VOC's colours, as CVAT's "Segmentation mask 1.1" has them.

``JPEGImages/``, ``SegmentationClass/ID.png`` and ``labelmap.txt``, which
names the colours. Any painting program will do: the colours count, not the
numbers of a palette, which programs change as they save.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path

import numpy as np

from ...datasets.decoding import open_upright
from ...datasets.picture_files import IMAGE_DIR, MASK_DIR
from ...datasets.voc_folder import IGNORE_INDEX, save_mask, voc_palette
from ...utils import InputError
from ...utils.atomic_file import write_bytes
from ...utils.text_file import read_text
from .files import find_files, place_picture
from .shapes import IGNORED, Drawing, Item, Shape

LABELS = 'labelmap.txt'
BACKGROUND = 'background'
LIST = 'ImageSets/Segmentation/default.txt'


def write(items: Iterable[Item], classes: Sequence[str],
          folder: Path) -> None:
    """Write palette PNGs of label ids."""
    ids = []
    for item in items:
        place_picture(item, folder / IMAGE_DIR)
        save_mask(folder / MASK_DIR / f'{item.image_id}.png', item.mask)
        ids.append(item.image_id)
    write_bytes(folder / LABELS, ''.join(
        ['# label:color_rgb:parts:actions\n', *(
            f'{name}:{",".join(map(str, colour))}::\n'
            for name, colour in _colours(classes).items())]).encode())
    write_bytes(folder / LIST, ''.join(f'{each}\n' for each in ids).encode())


def _colours(classes: Sequence[str]) -> dict[str, tuple[int, ...]]:
    """Return the colours of VOC's palette by name."""
    palette = [tuple(colour) for colour in voc_palette(IGNORE_INDEX + 1)]
    return {BACKGROUND: palette[0], **dict(
        zip(classes, palette[1:IGNORE_INDEX], strict=False)),
            IGNORED: palette[IGNORE_INDEX]}


def read(source: Path, classes: Sequence[str]) -> list[Drawing]:
    """Read masks by their colours, greyscale ones by label ids.

    ``labelmap.txt`` names the colours; without it they are VOC's, in the
    order of the classes.
    """
    colours = (_read_colours(source / LABELS)
               if (source / LABELS).is_file() else _colours(classes))
    names = dict(enumerate((BACKGROUND, *classes)))
    names[IGNORE_INDEX] = IGNORED
    folder = source / MASK_DIR if (source / MASK_DIR).is_dir() else source
    root = folder if folder.is_dir() else folder.parent
    drawings = []
    for path in find_files(folder, '.png'):
        drawings.append(Drawing(
            str(path.relative_to(root).with_suffix('')), str(path)))
        with drawings[-1].noting():
            _read(path, drawings[-1], colours, names)
    return drawings


def _read_colours(path: Path) -> dict[str, tuple[int, ...]]:
    """Read ``name:r,g,b::`` a line."""
    found: dict[str, tuple[int, ...]] = {}
    for number, line in enumerate(read_text(path).split('\n'), 1):
        if not line.strip() or line.startswith('#'):
            continue
        name, *rest = line.split(':')
        try:
            red, green, blue = (int(value) for value in rest[0].split(','))
        except (ValueError, IndexError) as error:
            raise InputError(f'{path}:{number}: no name and colour; write '
                             'cat:128,0,0::') from error
        found[name.strip()] = red, green, blue
    return found


def _read(path: Path, drawing: Drawing,
          colours: Mapping[str, tuple[int, ...]],
          names: Mapping[int, str]) -> None:
    """Read a mask: a shape a colour that is on it."""
    codes, grey = _load(path)
    by_code = dict(names) if grey else {
        int(_codes(np.array(colour))): each
        for each, colour in colours.items()}
    drawing.size = codes.shape[0], codes.shape[1]
    for code in np.unique(codes).tolist():
        if by_code.get(code) == BACKGROUND:
            continue
        if code not in by_code:
            what = (f'label {code}' if grey else
                    f'colour {code >> 16}, {code >> 8 & 255}, {code & 255}')
            raise InputError(
                f'{path}: {what} is of no class; paint with those of '
                f'{LABELS}, without soft edges')
        drawing.shapes.append(Shape(
            by_code[code], partial(_equal, path, code)))


def _load(path: Path) -> tuple[np.ndarray, bool]:
    """Return a number a label or colour, (H, W), and whether it is a label."""
    image = open_upright(path, 'mask')
    if image.mode == 'L':
        return np.array(image), True
    return _codes(np.array(image.convert('RGB'))), False


def _codes(rgb: np.ndarray) -> np.ndarray:
    """Return one number a colour (…, 3), (…)."""
    red, green, blue = np.moveaxis(rgb.astype(np.int64), -1, 0)
    return (red << 16) + (green << 8) + blue


def _equal(path: Path, code: int, size: tuple[int, int]) -> np.ndarray:
    return _load(path)[0] == code  # read again: memory holds one mask
