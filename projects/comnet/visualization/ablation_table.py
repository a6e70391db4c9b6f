# Copyright (c) COMNet contributors. All rights reserved.
"""The table of an ablation, in Markdown."""

from collections.abc import Mapping
from typing import Any

from .table import MEASURES


def ablation_table(summary: Mapping[str, Any]) -> str:
    """Lay out mIoU in per cent, a row a setting, beside the paper's values.

    Args:
        summary: ``title``, ``pipeline``, ``seeds`` and, for each of ``rows``,
            its ``title`` and by stage ``mean``, ``std``, ``num_images`` and
            ``paper``, None for what there is not.

    Returns:
        Title, origin and table; '-' for what was not measured.
    """
    rows = summary['rows']
    stages = [stage for stage in MEASURES
              if any(stage in row for row in rows.values())]
    told = [stage for stage in stages
            if any(row[stage]['paper'] is not None for row in rows.values())]
    heads = ['setting']
    for stage in stages:
        title, split = MEASURES[stage][:2]
        number = max(row[stage]['num_images'] for row in rows.values())
        heads.append(f'{title}, {split} ({number})')
        if stage in told:
            heads.append(f"{title}, the paper's")
    lines = [_line(heads), _line(['---'] * len(heads))]
    for row in rows.values():
        cells = [row['title']]
        for stage in stages:
            cells.append(_measured(**row[stage]))
            if stage in told:
                cells.append(_number(row[stage]['paper']))
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


def _line(cells: list[str]) -> str:
    return f'| {" | ".join(cells)} |'


def _measured(mean: float | None, std: float | None, **_: Any) -> str:
    return _number(mean) + ('' if std is None else f' ± {std:.1f}')


def _number(value: float | None) -> str:
    return '-' if value is None else f'{value:.1f}'
