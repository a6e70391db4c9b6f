# Copyright (c) COMNet contributors. All rights reserved.
from .data_table import data_table
from .grid import Column, colored, heatmap, write_grid
from .table import results_table

__all__ = [
    'Column', 'colored', 'data_table', 'heatmap', 'results_table', 'write_grid'
]
