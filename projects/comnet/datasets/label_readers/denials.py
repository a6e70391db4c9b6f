# Copyright (c) COMNet contributors. All rights reserved.
"""Lines of a table that say that a picture does not show a class."""

from . import headers
from .columns import Columns
from .grid import DENIED, filled, is_flag


def deny(columns: Columns) -> None:
    """Empty the classes of the lines that deny theirs.

    Open Images has such lines, and tables with a line for each image and
    class. The image is named nevertheless: it may show no class.
    """
    index = _column(columns)
    if index is None:
        return
    rows, denied = [], 0
    for number, cells in columns.rows:
        if filled(cells, index).casefold() in DENIED:
            denied += 1
            cells = ['' if place in columns.labels else cell
                     for place, cell in enumerate(cells)]
        rows.append((number, cells))
    if denied:
        columns.rows = rows
        where = (columns.names[index] if columns.names
                 else f'column {index + 1}')
        columns.notes.append(f'{denied} lines with 0 as {where} say that a '
                             'picture does not show the class')


def _column(columns: Columns) -> int | None:
    """Return the column of whether a picture shows the class of a line.

    Its name tells, or that there is a line for each image and class.
    """
    if columns.flags or not columns.labels or not columns.rows:
        return None
    names = columns.names
    if 'confidence' in names:
        return names.index('confidence')
    found = {}
    for index in range(columns.width):
        if index not in (columns.image, *columns.labels):
            cells = [filled(cells, index) for _, cells in columns.rows]
            if all(cells) and all(map(is_flag, cells)):
                found[index] = names[index] if names else ''
    named = [index for index, name in found.items()
             if name in headers.PRESENT]
    free = [index for index, name in found.items()
            if name not in headers.NO_CLASS]
    if not named and len(free) == 1 and _is_grid(columns):
        named = free
    return named[0] if named else None


def _is_grid(columns: Columns) -> bool:
    """Tell whether there is one line for each image and class."""
    label = columns.labels[0]
    pairs = [(filled(cells, columns.image), filled(cells, label))
             for _, cells in columns.rows]
    images, classes = ({*each} for each in zip(*pairs, strict=True))
    return len(classes) > 1 and len(pairs) == len({*pairs}) == len(
        images) * len(classes)
