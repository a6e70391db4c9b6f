# Copyright (c) COMNet contributors. All rights reserved.
"""Lines as an SVG that is part of a page: no file, no script, no request."""

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure

SIZE = 4.2, 2.7  # inches, of 72 units of the page
# After Okabe and Ito: told apart with any kind of colour vision. A page sets
# --method-0, … to these or, on a dark ground, to lighter ones.
COLORS = ('#0072b2', '#c44e00', '#007a5a', '#a8508a', '#555555', '#7a5c00')
DASHES = '-', '--', '-.', ':'
INK = '#010203'  # stands for the colour of the page's text
STYLE = {
    'svg.fonttype': 'none', 'svg.hashsalt': 'comnet', 'font.size': 9,
    'axes.spines.top': False, 'axes.spines.right': False,
    'legend.frameon': False, 'axes.grid': True, 'grid.alpha': 0.2,
    **dict.fromkeys(('text.color', 'axes.labelcolor', 'axes.edgecolor',
                     'xtick.color', 'ytick.color', 'grid.color'), INK)}

Point = tuple[float, float]


@dataclass(frozen=True)
class Line:
    """A line of a plot.

    Attributes:
        label: Its name in the legend.
        index: Of its colour and dashes, the same for a method everywhere.
        points: Its x and y.
        mark: A point of it to mark.
    """
    label: str
    index: int
    points: Sequence[Point]
    mark: Point | None = None


def line_plot(name: str, description: str, xlabel: str, ylabel: str,
              lines: Sequence[Line]) -> Markup:
    """Draw lines.

    Args:
        name: Of the plot, not that of another one in the page.
        description: What it shows, for those who do not see it.
        xlabel: Below the plot.
        ylabel: Beside the plot.
        lines: The lines.

    Returns:
        An ``<svg>`` that takes colours and width from its page.
    """
    with rc_context(STYLE):  # type: ignore[arg-type]
        figure = Figure(figsize=SIZE, layout='constrained')
        axes = figure.subplots()
        for line in lines:
            _draw(axes, line)
        axes.set(xlabel=xlabel, ylabel=ylabel)
        figure.legend(loc='outside upper center', ncols=3)
        file = io.StringIO()
        figure.savefig(file, format='svg', transparent=True, metadata=dict.
                       fromkeys(('Creator', 'Date', 'Format', 'Type')))
    return _embedded(file.getvalue(), name, description)


def _draw(axes: Axes, line: Line) -> None:
    color = COLORS[line.index % len(COLORS)]
    axes.plot(*zip(*line.points, strict=True), label=line.label, color=color,
              linestyle=DASHES[line.index % len(DASHES)],
              marker='o' if len(line.points) == 1 else 'None')
    if line.mark:
        axes.plot(*line.mark, 'o', color=color)
        axes.axvline(line.mark[0], color=color, linewidth=0.8, linestyle=':')


def _embedded(svg: str, name: str, description: str) -> Markup:
    """Make a file of Matplotlib a part of a page."""
    svg = svg[svg.index('<svg'):]
    svg = re.sub(r'(id="|url\(#|href="#)', rf'\g<1>{name}-', svg)
    for index, color in enumerate(COLORS):
        svg = svg.replace(color, f'var(--method-{index})')
    svg = svg.replace(INK, 'currentColor')
    svg = re.sub(r' width="[\d.]+pt" height="[\d.]+pt"', '', svg, count=1)
    label = f'<svg role="img" aria-label="{escape(description)}"'
    return Markup(svg.replace('<svg', label, 1))
