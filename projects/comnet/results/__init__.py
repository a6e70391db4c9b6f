# Copyright (c) COMNet contributors. All rights reserved.
"""What the folder of a pipeline tells: tables, a report and figures."""

from ..steps.run_file import RunFile, StepEntry
from .figure import draw_segmentations
from .gallery import Gallery
from .report import Report, render_report, write_report
from .run_folder import Curve, read_curves, read_records
from .tables import (
    ablation_table,
    memory_table,
    results_summary,
    results_table,
    text_table,
)

__all__ = [
    'Curve', 'Gallery', 'Report', 'RunFile', 'StepEntry', 'ablation_table',
    'draw_segmentations', 'memory_table', 'read_curves', 'read_records',
    'render_report', 'results_summary', 'results_table', 'text_table',
    'write_report'
]
