# Copyright (c) COMNet contributors. All rights reserved.
from ..utils import quiet_imports  # noqa: F401  # before the others
from .ablation_table import ablation_table
from .cam_visualizer import CAMVisualizer
from .data_table import data_table
from .grid import Column, colored, heatmap, write_grid
from .overlay import mask_legend, named_heatmap, overlay, with_legend
from .table import MEASURES, results_table

__all__ = [
    'CAMVisualizer', 'Column', 'MEASURES', 'ablation_table', 'colored',
    'data_table', 'heatmap', 'mask_legend', 'named_heatmap', 'overlay',
    'results_table', 'with_legend', 'write_grid'
]
