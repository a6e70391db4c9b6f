# Copyright (c) COMNet contributors. All rights reserved.
"""Cells of a table: what they can be, which column names the images."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from ..picture_files import is_picture
from ..picture_names import PictureNames
from . import headers

Row = tuple[int, list[str]]  # number of the line, its cells
SAMPLE = 200  # rows that tell which column names the images
NUMBER = re.compile(r'[+-]?\d+(\.\d*)?(e[+-]?\d+)?', re.IGNORECASE)
SET = frozenset(('1', '1.0', 'true', 't', 'yes', 'y', 'x', '✓', '✔'))
UNSURE = frozenset(('-1', '-1.0'))
UNSET = frozenset(('0', '0.0', 'false', 'f', 'no', 'n', ''))
DENIED = (UNSET | UNSURE) - {''}


@dataclass(frozen=True)
class Table:
    """Cells of a table, and what is known beside it.

    Attributes:
        rows: Number of the line and cells of each row.
        pictures: The ids of the pictures.
        classes: Names of the classes, where they are known.
    """
    rows: Sequence[Row]
    pictures: PictureNames
    classes: Sequence[str] | None

    @cached_property
    def image(self) -> int:
        """The column of most pictures; of several, a header names it."""
        sample = self.rows[::max(1, len(self.rows) // SAMPLE)]
        first = [headers.plain(cell) for cell in self.rows[0][1]]

        def rank(column: int) -> tuple[int, int, int]:
            known = sum(map(self.pictures.knows, {
                filled(cells, column) or '/' for _, cells in sample}))
            name = first[column] if column < len(first) else ''
            named = (-headers.IMAGE.index(name) if name in headers.IMAGE
                     else -len(headers.IMAGE))
            return known, named, -column

        return max(range(max(len(cells) for _, cells in sample)), key=rank)

    def column(self, index: int, rows: Sequence[Row]) -> list[str]:
        """Return the cells of a column that are there."""
        return [cells[index].strip() for _, cells in rows
                if index < len(cells)]

    def others(self, cells: Sequence[str]) -> list[str]:
        """Return the cells beside the image that are not empty."""
        return [cell.strip() for index, cell in enumerate(cells)
                if index != self.image and cell.strip()]

    @cached_property
    def has_header(self) -> bool:
        """Whether the first row names the columns."""
        cells, body = self.rows[0][1], self.rows[1:]
        name, others = filled(cells, self.image), self.others(cells)
        if name and (self.pictures.knows(name) or is_picture(name)):
            return False
        if headers.plain(name) in headers.IMAGE or any(
                headers.plain(cell) in headers.LABELS for cell in others):
            return True
        below = {cell for _, row in body for cell in self.others(row)}
        if below and all(map(is_flag, below)) and not any(
                map(is_flag, others)):
            return True
        return {*(self.classes or below)}.isdisjoint(others)


def is_flag(cell: str) -> bool:
    """Tell whether a cell says that a class is there or not."""
    return cell.strip().casefold() in SET | UNSET | UNSURE


def is_number(cell: str) -> bool:
    """Tell whether a cell is a number, or empty."""
    return not cell.strip() or NUMBER.fullmatch(cell.strip()) is not None


def filled(cells: Sequence[str], index: int) -> str:
    """Return a cell without blanks around it, '' where there is none."""
    return cells[index].strip() if index < len(cells) else ''
