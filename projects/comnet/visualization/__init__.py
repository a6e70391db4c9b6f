# Copyright (c) COMNet contributors. All rights reserved.
"""Overlays, plots, figures and pages of arrays; it builds no model."""

from ..utils import quiet_imports  # noqa: F401  # before the others
from .cam_visualizer import CAMVisualizer
from .explanation import (
    ImageMatching,
    PointMatches,
    draw_points,
    draw_strength,
    render_explanation,
)
from .figure import write_figure
from .line_plot import Line, Point, line_plot
from .overlay import (
    Entry,
    colored,
    heatmap,
    mask_legend,
    named_heatmap,
    overlay,
    with_legend,
)
from .page import (
    PagePicture,
    Row,
    heat_picture,
    mask_picture,
    photo_picture,
    render_page,
)

__all__ = [
    'CAMVisualizer', 'Entry', 'ImageMatching', 'Line', 'PagePicture', 'Point',
    'PointMatches', 'Row', 'colored', 'draw_points',
    'draw_strength', 'heat_picture', 'heatmap', 'line_plot', 'mask_legend',
    'mask_picture', 'named_heatmap', 'overlay', 'photo_picture',
    'render_explanation', 'render_page', 'with_legend', 'write_figure'
]
