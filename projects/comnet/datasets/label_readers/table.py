# Copyright (c) COMNet contributors. All rights reserved.
"""Tables of images and classes as text: CSV, TSV and their kin."""

import csv
import re
from collections.abc import Sequence
from functools import cache, partial
from pathlib import Path

from ...utils import InputError, first_few
from ..picture_names import PictureNames
from .cells import classes_in
from .columns import Columns, understand
from .denials import deny
from .grid import Row, Table, filled
from .reading import Reading

MARKS = (',', ';', '\t', '|')
BLANK = ' '  # between an image and its only class
QUOTED = re.compile('["\r\0]')  # or else of no plain line
SAMPLE = 100  # lines that tell what separates the cells
SHOWN = 3
WRITE = ('write image,class,class,… or give JSON, XML or .npy of the kinds in '
         'docs/data.md')


def read_table(path: Path, text: str, ids: Sequence[str],
               classes: Sequence[str] | None) -> Reading:
    """Read a line, or several, an image.

    What separates the cells, which columns count and whether the first line
    is a header is told by the content, see :mod:`.columns`.

    Raises:
        InputError: It is no such table, or no column is sure to be that of
            the classes.
    """
    lines = [(number, line) for number, line in enumerate(
        text.split('\n'), 1) if line.strip() and not _is_excels(number, line)]
    pictures = PictureNames(ids)
    mark = _separator(lines, pictures)
    reading = Reading(path, '')
    rows = _rows(lines, mark, reading)
    if mark == BLANK and any(len(cells) > 2 for _, cells in rows):
        raise InputError(f'{path}: blanks between more than an image and a '
                         f'class; {WRITE}')
    if not reading.problems and not any(len(cells) > 1 for _, cells in rows):
        what = 'no line has an image and a class' if lines else 'empty'
        raise InputError(f'{path}: {what}; {WRITE}')
    if rows:
        columns = understand(path, Table(rows, pictures, classes))
        deny(columns)
        _add_rows(columns, reading, classes)
    return reading


def _is_excels(number: int, line: str) -> bool:
    """Tell ``sep=;``, which Excel writes above a table."""
    return number == 1 and line[:4].lower() == 'sep=' and len(line) == 5


def _separator(lines: Sequence[tuple[int, str]],
               pictures: PictureNames) -> str:
    """Return what separates the cells."""
    fitness = {mark: _fitness(lines, mark, pictures)
               for mark in (*MARKS, BLANK)}
    if not fitness[BLANK][0]:  # prose
        del fitness[BLANK]
    return max(fitness, key=fitness.__getitem__)


def _fitness(lines: Sequence[tuple[int, str]], mark: str,
             pictures: PictureNames) -> tuple[int, int, int]:
    """Rank a separator: lines with a picture, with cells, of one length."""
    rows = []
    for _, line in lines[::max(1, len(lines) // SAMPLE)]:
        try:
            rows.append(_cells(line, mark))
        except csv.Error:
            continue
    many = [cells for cells in rows if len(cells) > 1]
    return (sum(any(map(pictures.knows, cells)) for cells in many), len(many),
            -len({len(cells) for cells in many}))


def _cells(line: str, mark: str) -> list[str]:
    if mark != BLANK and not QUOTED.search(line):
        # as csv does, at once, as there may be millions of them
        return [cell.lstrip(' ') for cell in line.split(mark)]
    return next(csv.reader([line], delimiter=mark, skipinitialspace=True,
                           strict=True), [])


def _rows(lines: Sequence[tuple[int, str]], mark: str,
          reading: Reading) -> list[Row]:
    """Return the cells of each line that has any; tell of the others."""
    rows = []
    for number, line in lines:
        try:
            cells = _cells(line, mark)
        except csv.Error as error:
            reading.problems.append(
                f'{reading.path}:{number}: not a line of CSV ({error}); mend '
                'the quotes')
            continue
        if any(map(str.strip, cells)):
            rows.append((number, cells))
    return rows


def _add_rows(columns: Columns, reading: Reading,
              classes: Sequence[str] | None) -> None:
    """Add what the rows say in the columns that count."""
    several: dict[str, None] = {}
    marked = 0
    known = None if classes is None else frozenset(classes)
    names_in = cache(partial(classes_in, known=known))  # few cells differ
    for number, cells in columns.rows:
        place = f'{reading.path}:{number}'
        name = filled(cells, columns.image)
        if not name:
            reading.problems.append(
                f'{place}: no image in column {columns.image + 1}; write '
                'image, class, class, …')
        elif problem := columns.fault(cells):
            reading.problems.append(f'{place}: {problem}')
        elif columns.flags:
            shown = [label for index, label in columns.flags.items()
                     if columns.is_set(cells[index])]
            marked += len(shown) > 1
            reading.add(name, shown, place)
        else:
            found: list[str] = []
            for cell in columns.labels_in(cells):
                names = names_in(cell)
                found += names
                if len(names) > 1:
                    several[cell.strip()] = None
            reading.add(name, found, place)
    reading.notes += [f'{reading.path}: {note}' for note in columns.notes]
    reading.kind = columns.kind
    if columns.flags:
        reading.kind = 'multi-hot' if marked else 'one-hot'
    elif several:
        cells_ = first_few(list(map(repr, several)), SHOWN)
        reading.kind += f', several classes in a cell ({cells_})'
