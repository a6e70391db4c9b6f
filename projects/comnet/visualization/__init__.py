# Copyright (c) COMNet contributors. All rights reserved.
from .ablation_table import ablation_table
from .data_table import data_table
from .grid import Column, colored, heatmap, write_grid
from .overlay import mask_legend, overlay, with_legend
from .table import MEASURES, results_table

__all__ = [
    'Column', 'MEASURES', 'ablation_table', 'colored', 'data_table',
    'heatmap', 'mask_legend', 'overlay', 'results_table', 'with_legend',
    'write_grid'
]
