# Copyright (c) COMNet contributors. All rights reserved.
from .grid import draw_grid
from .table import results_table

__all__ = ['draw_grid', 'results_table']
