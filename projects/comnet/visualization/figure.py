# Copyright (c) COMNet contributors. All rights reserved.
"""Figures for a paper: pictures in rows and titled columns, PNG and PDF."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib import rc_context
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.patches import Patch

from ..utils.atomic_file import write_atomically
from .overlay import Entry

WIDTH = 7.16  # inches: two columns of a paper
DPI = 300  # of the PNG
STYLE = {'font.size': 8, 'pdf.fonttype': 42}  # letters that can be searched
# without a date: the same pictures give the same file
FORMATS: dict[str, dict[str, Any]] = {
    '.png': dict(dpi=DPI), '.pdf': dict(metadata=dict(CreationDate=None))}

Cells = Sequence[np.ndarray | None]


def write_figure(path: str | Path, titles: Sequence[str],
                 rows: Sequence[Cells],
                 legend: Sequence[Entry] = ()) -> list[Path]:
    """Write pictures side by side.

    Args:
        path: File to write; its suffix is replaced by .png and by .pdf.
        titles: Of the columns.
        rows: Pictures of each row, RGB, uint8, (H, W, 3), or None for an
            empty place.
        legend: Names and colours below.

    Returns:
        The two files.
    """
    with rc_context(STYLE):  # type: ignore[arg-type]
        figure = _draw(titles, rows, legend)
        written = []
        for suffix, options in FORMATS.items():
            file = Path(path).with_suffix(suffix)
            write_atomically(file, partial(
                figure.savefig, format=suffix[1:], **options))
            written.append(file)
    return written


def _draw(titles: Sequence[str], rows: Sequence[Cells],
          legend: Sequence[Entry]) -> Figure:
    cell = WIDTH / len(titles)
    ratios = [max(picture.shape[0] / picture.shape[1]
                  for picture in row if picture is not None) for row in rows]
    lines = -(-len(legend) // 8)
    figure = Figure(
        figsize=(WIDTH, cell * sum(ratios) + 0.3 + 0.2 * lines),
        layout=ConstrainedLayoutEngine(
            w_pad=0.02, h_pad=0.02, wspace=0, hspace=0))
    axes = figure.subplots(
        len(rows), len(titles), squeeze=False, height_ratios=ratios)
    for place, row in zip(axes, rows, strict=True):
        for each, picture in zip(place, row, strict=True):
            each.axis('off')
            if picture is not None:
                each.imshow(picture, interpolation='nearest')
    for each, title in zip(axes[0], titles, strict=True):
        each.set_title(title, fontsize='medium', pad=3)
    if legend:
        figure.legend(
            handles=[Patch(facecolor='#' + bytes(color).hex(), label=name,
                           edgecolor='black', linewidth=0.5)
                     for name, color in legend],
            loc='outside lower center', ncols=min(8, len(legend)),
            frameon=False)
    return figure
