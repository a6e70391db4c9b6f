# Copyright (c) COMNet contributors. All rights reserved.
"""The tables of a pipeline's results, of an ablation's, and of memory."""

import csv
import io
import re
from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from ..steps.run_file import RunFile
from .verdict import NO_MASKS

WIDTH = 32, 14  # characters of the first two columns, and of a method's


def results_rows(run: RunFile, results: Mapping[str, Mapping[str, dict]]
                 ) -> list[list[str]]:
    """Lay out mIoU in per cent, a row a step and a column a method.

    ``results`` are metrics by step, by method. There is '-' for what was not
    measured. The number of images with a true mask stands in brackets where it
    is known. The first row has the titles.
    """
    rows = [['mIoU (%)', 'measured on', *results]]
    for step, first in run.measures.items():
        cells = []
        images = ''
        for method, measured in results.items():
            measure = run.measure(method, step) or first
            metrics = measured.get(step, {})
            cells.append(_number(metrics.get(measure.metric)))
            images = (f' ({metrics[measure.count]})'
                      if measure.count in metrics else images)
        rows.append([first.title, first.split + images, *cells])
    return rows


def results_table(run: RunFile,
                  results: Mapping[str, Mapping[str, dict]]) -> str:
    """Lay out :func:`comnet.results.tables.results_rows` for a terminal."""
    head, *rows = results_rows(run, results)
    table = Table(*head)
    for row in rows:
        table.add_row(*row)
    names = sum(max(WIDTH[1], len(name) + 3) for name in results)
    return _printed(table, max(80, WIDTH[0] + names))


def results_summary(run: RunFile,
                    results: Mapping[str, Mapping[str, dict]]) -> str:
    """Return the table, or where no image has a true mask a sentence."""
    counts = [metrics[measure.count]
              for method, measured in results.items()
              for step, metrics in measured.items()
              if (measure := run.measure(method, step))
              and measure.count in metrics]
    return (NO_MASKS if counts and not any(counts)
            else results_table(run, results))


def csv_table(rows: Sequence[Sequence[str]]) -> str:
    """Write rows as CSV."""
    file = io.StringIO()
    csv.writer(file, lineterminator='\n').writerows(rows)
    return file.getvalue()


def latex_table(rows: Sequence[Sequence[str]]) -> str:
    """Write rows as a LaTeX table, the first one as its head."""
    head, *body = (' & '.join(map(_latex, row)) + r' \\' for row in rows)
    columns = 'll' + 'r' * (len(rows[0]) - 2)
    return '\n'.join([rf'\begin{{tabular}}{{{columns}}}', r'\hline', head,
                      r'\hline', *body, r'\hline', r'\end{tabular}', ''])


def _latex(text: str) -> str:
    """Write what LaTeX takes for a command as the character that it is."""
    return re.sub(r'([%&#$_{}])', r'\\\1', text)


def ablation_table(summary: Mapping[str, Any]) -> str:
    """Lay out mIoU in per cent, a row a setting, beside the paper's values.

    Args:
        summary: ``title``, ``pipeline``, ``seeds``, ``measures`` with
            ``title`` and ``split`` of each step that is a column and, for
            each of ``rows``, its ``title`` and by step ``mean``, ``std``,
            ``num_images`` and ``paper``, None for what there is not.

    Returns:
        Title, origin and table in Markdown; '-' for what was not measured.
    """
    rows = summary['rows']
    told = [step for step in summary['measures']
            if any(row[step]['paper'] is not None for row in rows.values())]
    heads = ['setting']
    for step, measure in summary['measures'].items():
        number = max(row[step]['num_images'] for row in rows.values())
        heads.append(f'{measure["title"]}, {measure["split"]} ({number})')
        if step in told:
            heads.append(f"{measure['title']}, the paper's")
    lines = [_line(heads), _line(['---'] * len(heads))]
    for row in rows.values():
        cells = [row['title']]
        for step in summary['measures']:
            cells.append(_spread(row[step]['mean'], row[step]['std']))
            if step in told:
                cells.append(_number(row[step]['paper']))
        lines.append(_line(cells))
    seeds = ', '.join(map(str, summary['seeds']))
    spread = (', mean ± standard deviation'
              if len(summary['seeds']) > 1 else '')
    paper = (" The paper's values are those that it reports, on its own "
             'data.' if told else '')
    return '\n'.join([
        f'# {summary["title"]}', '',
        f'mIoU (%) of `{summary["pipeline"]}`, seeds {seeds}{spread}; in '
        f'brackets the number of images with a true mask.{paper}', '',
        *lines, ''])


def memory_table(title: str, parts: Mapping[str, int]) -> str:
    """Lay out bytes by name in GiB, a row a name."""
    table = Table(title, 'GiB')
    for name, size in parts.items():
        table.add_row(name, f'{size / 2**30:.2f}')
    return _printed(table, 80)


def text_table(rows: Sequence[Sequence[str]]) -> str:
    """Lay out rows for a terminal, the first one as the head."""
    head, *body = rows
    table = Table(*head)
    for row in body:
        table.add_row(*row)
    return _printed(table, 120)


def _printed(table: Table, width: int) -> str:
    """Return a table as text of at most so many characters a line."""
    console = Console(width=width, markup=False)
    with console.capture() as capture:
        console.print(table)
    return capture.get()


def _line(cells: list[str]) -> str:
    return f'| {" | ".join(cells)} |'


def _spread(mean: float | None, std: float | None) -> str:
    return _number(mean) + ('' if std is None else f' ± {std:.1f}')


def _number(value: float | None) -> str:
    return '-' if value is None else f'{value:.1f}'
