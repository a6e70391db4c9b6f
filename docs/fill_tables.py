# Copyright (c) COMNet contributors. All rights reserved.
"""Writes the tables of ``docs/results/*.json`` into the pages that name them.

    python docs/fill_tables.py

A page says where with ``<!-- result: NAME -->`` … ``<!-- end -->``: what was
measured of what, what it says, the table, notes and the command. With
``<!-- table: NAME -->`` it is the table alone.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import mean, stdev

DOCS = Path(__file__).parent
RESULTS = DOCS / 'results'
PAGES = (DOCS.parent / 'README.md', *sorted(DOCS.glob('*.md')))
PLACE = re.compile(
    r'(?<=<!-- )(table|result): (\w+) -->\n(?:(?!<!-- ).)*(?=<!-- end -->)',
    re.S)
TEXT = float('-inf')  # what a cell of text is compared by
LONG = 5  # from so many seeds on the first and the last are told


@dataclass(frozen=True)
class Table:
    """What a file holds.

    Attributes:
        title: What was measured.
        data: Of what: data set, split, network.
        reading: What the table says, in a sentence.
        columns: Their titles.
        rows: A cell a column: text as it is to be shown, a number, or one
            number a seed.
        best: 'row' or 'column' shows the highest number of each bold; text
            takes no part.
        ablation: In place of columns and rows, a table that
            ``comnet ablation`` has written, relative to the file.
        seeds: Of the trainings.
        notes: Further sentences.
        command: What makes it.
    """
    title: str
    data: str
    reading: str
    columns: list[str] = field(default_factory=list)
    rows: list[list] = field(default_factory=list)
    best: str | None = None
    ablation: str | None = None
    seeds: list[int] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    command: str | None = None

    def __post_init__(self) -> None:
        """Check what is easily got wrong by hand."""
        if self.best not in (None, 'row', 'column'):
            raise ValueError(f"best is {self.best!r}, not 'row' or 'column'")
        for row in self.rows:
            if len(row) != len(self.columns):
                raise ValueError(f'{row[0]}: {len(row)} cells in a table of '
                                 f'{len(self.columns)} columns')
            for cell in row:
                if isinstance(cell, list) and len(cell) != len(self.seeds):
                    raise ValueError(f'{row[0]}: {len(cell)} values of '
                                     f'{len(self.seeds)} seeds')


def read(name: str) -> Table:
    """Read a file."""
    path = RESULTS / f'{name}.json'
    try:
        return Table(**json.loads(path.read_text('utf-8')))
    except (OSError, TypeError, ValueError) as error:
        raise SystemExit(f'error: {path}: {error}') from error


def show_table(table: Table) -> str:
    """Return the lines of the table."""
    if table.ablation:
        text = (RESULTS / table.ablation).read_text('utf-8')
        return ''.join(line for line in text.splitlines(keepends=True)
                       if line.startswith('|'))
    lines = [table.columns, ['---'] * len(table.columns),
             *show_cells(table.rows, table.best)]
    return ''.join('| ' + ' | '.join(line) + ' |\n' for line in lines)


def show_cells(rows: list[list], best: str | None) -> Iterator[list[str]]:
    """Yield the cells of each row as text."""
    values = [[value_of(cell) for cell in row] for row in rows]
    columns = list(zip(*values, strict=True))
    for row, line in zip(rows, values, strict=True):
        highest = [max(line)] * len(row) if best == 'row' else map(
            max, columns)
        yield [f'**{show(cell)}**' if best and value == top > TEXT
               else show(cell)
               for cell, value, top in zip(row, line, highest, strict=True)]


def value_of(cell: str | float | list[float]) -> float:
    """Return what a cell is compared by; text is below everything."""
    if isinstance(cell, str):
        return TEXT
    return mean(cell) if isinstance(cell, list) else cell


def show(cell: str | float | list[float]) -> str:
    """Return a cell as text: the mean over seeds with its deviation."""
    if not isinstance(cell, list):
        return str(cell)
    spread = f' ± {stdev(cell):.1f}' if len(cell) > 1 else ''
    return f'{mean(cell):.1f}{spread}'


def show_result(table: Table) -> str:
    """Return the table with all that belongs to it."""
    where = '; '.join(filter(None, (table.data, show_seeds(table.seeds))))
    parts = [f'**{table.title}** ({where}). {table.reading}\n',
             show_table(table),
             ''.join(f'- {note}\n' for note in table.notes),
             f'```shell\n{table.command}\n```\n' if table.command else '']
    return '\n'.join(filter(None, parts))


def show_seeds(seeds: list[int]) -> str:
    """Return which seeds there are, as text."""
    if len(seeds) < 2:
        return ''.join(f'seed {seed}' for seed in seeds)
    if len(seeds) < LONG:
        return 'seeds ' + ', '.join(map(str, seeds))
    return f'seeds {seeds[0]} to {seeds[-1]}'


def fill(text: str) -> str:
    """Return a page with its tables as they are now."""
    def block(match: re.Match[str]) -> str:
        kind, name = match.groups()
        made = show_table if kind == 'table' else show_result
        return f'{kind}: {name} -->\n\n{made(read(name))}\n'

    return PLACE.sub(block, text)


def main() -> None:
    """Write the pages whose tables have changed."""
    for page in PAGES:
        text = page.read_text('utf-8')
        if (filled := fill(text)) != text:
            page.write_text(filled, 'utf-8')
            print(f'wrote {page.relative_to(DOCS.parent)}')


if __name__ == '__main__':
    main()
