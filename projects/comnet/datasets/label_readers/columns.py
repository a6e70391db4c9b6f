# Copyright (c) COMNet contributors. All rights reserved.
"""Which columns of a table hold the image and its classes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ...utils import InputError
from . import headers
from .grid import SET, UNSURE, Row, Table, is_flag, is_number

CALL_IT = "call the one that holds the classes 'label'"


@dataclass
class Columns:
    """Which columns count.

    Attributes:
        rows: The rows of images.
        image: Column of the image.
        kind: How the table was read.
        names: Plain titles of the columns, none without a header.
        width: Number of columns that the header names, 0 without one.
        labels: Columns of classes.
        flags: Class of each column of 1 and 0, if there are such.
        open_end: Whether further cells hold classes, too.
        notes: What was passed over.
    """
    rows: Sequence[Row]
    image: int
    kind: str = 'a line an image'
    names: Sequence[str] = ()
    width: int = 0
    labels: Sequence[int] = ()
    flags: dict[int, str] = field(default_factory=dict)
    open_end: bool = False
    notes: list[str] = field(default_factory=list)

    def fault(self, cells: Sequence[str]) -> str | None:
        """Say what is wrong with a row's number of cells."""
        if self.width and not self.open_end and any(cells[self.width:]):
            return (f'{len(cells)} cells under a header of {self.width}; put '
                    'quotes around cells with a separator in them')
        if self.flags and len(cells) <= max(self.flags):
            return (f'{len(cells)} cells under a header of {self.width}; fill '
                    'in 1 or 0')
        return None

    def is_set(self, cell: str) -> bool:
        """Tell whether a cell says that the image shows the class."""
        return cell.strip().casefold() in SET

    def labels_in(self, cells: Sequence[str]) -> Iterator[str]:
        """Yield the cells of classes in a row."""
        yield from (cells[index] for index in self.labels
                    if index < len(cells))
        if self.open_end:
            yield from cells[self.width:]


def understand(path: Path, table: Table) -> Columns:
    """Find out which columns count.

    Raises:
        InputError: Several could be that of the classes, or none.
    """
    try:
        return (_under_header(table) if table.has_header
                else _without_header(table))
    except ValueError as error:
        raise InputError(f'{path}: {error}') from error


def _under_header(table: Table) -> Columns:
    """Understand columns by their names, and by 1 and 0."""
    titles = [cell.strip() for cell in table.rows[0][1]]
    names = [headers.plain(title) for title in titles]
    if 'region_attributes' in names:
        raise ValueError("a table of VGG's annotator; export COCO from it")
    rows, image, width = table.rows[1:], table.image, len(titles)
    cells = {index: table.column(index, rows) for index in range(width)
             if index != image}
    columns = Columns(rows, image, names=names, width=width)
    labels = _labels_by_name(names, cells)
    if labels:  # what has no name of its own belongs to the one before
        labels = sorted({*labels, *(
            index for index in cells if not titles[index]
            and index > labels[0] and any(cells[index]))})
    else:
        labels = _labels_by_content(columns, titles, names, cells)
    if labels:
        columns.labels = labels
        columns.kind = f'a table with the column {_quoted(titles, labels)}'
    columns.open_end = not columns.flags and max(
        (*labels, image)) == width - 1
    if not labels and not columns.flags and not any(
            len(row) > width for _, row in rows) and rows:
        raise ValueError(f'no column of classes; {CALL_IT}')
    used = {image, *labels, *columns.flags}
    beside = [index for index in cells if index not in used and titles[index]]
    if beside:
        columns.notes.append('columns that are of no class are left out: '
                             + ', '.join(titles[index] for index in beside))
    return columns


def _labels_by_content(columns: Columns, titles: Sequence[str],
                       names: Sequence[str],
                       cells: dict[int, list[str]]) -> list[int]:
    """Set the columns of 1 and 0, or return that of text where it is one."""
    flags = [index for index in cells if titles[index]
             and names[index] not in headers.NO_CLASS
             and any(cells[index]) and all(map(is_flag, cells[index]))]
    rest = [index for index in cells if index not in flags
            and names[index] not in headers.BESIDE
            and not _counts_lines(titles[index], cells[index])]
    text = [index for index in rest if not all(map(is_number, cells[index]))]
    counts = [index for index in rest if index not in text
              and titles[index] and '0' in cells[index]]
    if flags and counts:
        raise ValueError(_not_flags(titles, counts))
    if len(flags) > 1 or flags and not text:
        _set_flags(columns, {index: titles[index] for index in flags}, cells)
        return []
    if flags or len({headers.base(names[index]) for index in text}) > 1:
        raise ValueError(f'{_quoted(titles, [*flags, *text])} could all be '
                         f'classes; {CALL_IT}, or take the others out')
    if not text and len(rest) > 1:
        raise ValueError(_not_flags(titles, rest))
    return text or rest


def _labels_by_name(names: Sequence[str],
                    cells: dict[int, list[str]]) -> list[int]:
    """Return the columns that are called label or class."""
    found = [index for index in cells if headers.is_label(names[index])
             and names[index] not in headers.NUMBERS]
    if len(found) > 1 and all(is_flag(cell) for index in found
                              for cell in cells[index]):
        return []  # of 1 and 0: 'class 1', 'class 2' are names
    if len({headers.base(names[index]) for index in found}) > 1:
        found = [index for index in found
                 if not all(map(is_number, cells[index]))] or found
    if len({headers.base(names[index]) for index in found}) > 1:
        raise ValueError(
            f'{_quoted(names, found)} could all be classes; {CALL_IT} and '
            'take the others out')
    return found


def _set_flags(columns: Columns, flags: dict[int, str],
               cells: dict[int, list[str]]) -> None:
    columns.flags = flags
    unsure = sum(cell in UNSURE for index in flags for cell in cells[index])
    if unsure:
        columns.notes.append(f'{unsure} cells of -1 count as not shown')


def _without_header(table: Table) -> Columns:
    """Take all cells for classes, but for columns that cannot be."""
    rows, image = table.rows, table.image
    width = max(len(cells) for _, cells in rows)
    columns = Columns(rows, image, open_end=True, labels=[
        index for index in range(width) if index != image])
    known = frozenset(table.classes or ())
    cells = {index: table.column(index, rows) for index in columns.labels}
    filled_in = {cell for column in cells.values() for cell in column if cell}
    columns.width = width
    if filled_in <= known:
        return columns
    even = all(len(row) == width for _, row in rows)
    if even and filled_in and all(map(is_flag, filled_in)):
        raise ValueError('1 and 0 without the names of the classes; write '
                         'these in a first line')
    if width > 2:
        beside = [index for index, column in cells.items()
                  if len(column) == len(rows) and _is_beside(column, even)]
        if beside and len(beside) < len(cells):
            columns.labels = [index for index in cells if index not in beside]
            columns.notes.append(
                'columns of numbers or splits are left out: '
                + ', '.join(f'column {index + 1}' for index in beside))
    return columns


def _is_beside(column: Sequence[str], even: bool) -> bool:
    """Tell a column of numbers or splits, in lines of the same length.

    Google's ``TRAIN,PICTURE,CLASS,CLASS`` has splits before any number of
    classes.
    """
    splits = {*map(str.casefold, column)}
    if even and any(column) and all(map(is_number, column)):
        return True
    return splits <= headers.SPLITS and (even or len(splits) > 1)


def _counts_lines(title: str, column: Sequence[str]) -> bool:
    """Tell a column without a name that numbers the lines, as pandas does."""
    return not title and len(column) > 0 and len({*column}) == len(
        column) and all(map(str.isdecimal, column))


def _not_flags(titles: Sequence[str], indices: Sequence[int]) -> str:
    return (f'{_quoted(titles, indices)} hold numbers other than 1 and 0; '
            'write 1 for a class that the picture shows, else 0, or take '
            'columns of no class out')


def _quoted(titles: Sequence[str], indices: Sequence[int]) -> str:
    return ', '.join(repr(titles[index]) for index in dict.fromkeys(indices))
