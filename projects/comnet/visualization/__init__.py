# Copyright (c) COMNet contributors. All rights reserved.
from .grid import Column, colored, heatmap, write_grid
from .table import results_table

__all__ = ['Column', 'colored', 'heatmap', 'results_table', 'write_grid']
