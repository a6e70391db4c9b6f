# Copyright (c) COMNet contributors. All rights reserved.
"""Tables, figures and pages of results; it builds no model."""

from ..utils import quiet_imports  # noqa: F401  # before the others
from .ablation_table import ablation_table
from .cam_visualizer import CAMVisualizer
from .data_table import data_table
from .explanation import (
    ImageMatching,
    PointMatches,
    draw_points,
    draw_strength,
    render_explanation,
)
from .figure import write_figure
from .line_plot import Line, line_plot
from .overlay import (
    Entry,
    colored,
    heatmap,
    mask_legend,
    named_heatmap,
    overlay,
    with_legend,
)
from .page_pictures import (
    PagePicture,
    heat_picture,
    mask_picture,
    photo_picture,
)
from .report import Curve, Gallery, Report, Row, render_report
from .table import MEASURES, results_table

__all__ = [
    'CAMVisualizer', 'Curve', 'Entry', 'Gallery', 'ImageMatching', 'Line',
    'MEASURES', 'PagePicture', 'PointMatches', 'Report', 'Row',
    'ablation_table', 'colored', 'data_table', 'draw_points', 'draw_strength',
    'heat_picture', 'heatmap', 'line_plot', 'mask_legend', 'mask_picture',
    'named_heatmap', 'overlay', 'photo_picture', 'render_explanation',
    'render_report', 'results_table', 'with_legend', 'write_figure'
]
