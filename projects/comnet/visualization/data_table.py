# Copyright (c) COMNet contributors. All rights reserved.
"""The table of what a data set consists of."""

from rich.console import Console
from rich.table import Table

from ..datasets.data_report import DataReport


def data_table(report: DataReport) -> str:
    """Lay out the numbers of a data set, a row a class.

    Args:
        report: Of a check.

    Returns:
        The table as text, and a line of the sizes of the pictures.
    """
    table = Table('images of', *report.images, 'pairs of train')
    for label, counts in report.classes.items():
        table.add_row(label, *map(str, counts.values()),
                      str(report.pairs[label]))
    table.add_section()
    table.add_row('all classes', *map(str, report.images.values()), '')
    table.add_row('with a true mask', *map(str, report.masks.values()), '')
    console = Console(width=100)
    with console.capture() as capture:
        console.print(table, markup=False)
    lines = [capture.get().rstrip()]
    if report.sizes:
        lines.append('sizes: ' + ', '.join(
            f'{name} {width} x {height}'
            for name, (width, height) in report.sizes.items()))
    if report.unlisted:
        lines.append(f'{report.unlisted} more pictures are in no list')
    return '\n'.join(lines)
