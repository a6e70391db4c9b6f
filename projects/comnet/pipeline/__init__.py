# Copyright (c) COMNet contributors. All rights reserved.
"""All stages in order: what is done is skipped, what was cut off goes on.

Task runners such as doit, Snakemake and DVC were weighed and left: they tell
what is stale by hashes or times of whole files, where a stage here reads a few
settings of an OpenMMLab config and goes on by image or epoch after a cut, so
that records (:mod:`comnet.utils.record`) would have stood beside them.
"""

from .ablation import read_table, row_settings, run_ablation
from .figure import draw_segmentations
from .method import STAGES, read_methods, stages_of
from .plan import Step, plan
from .reading import read_curves, read_records
from .report import write_report
from .run import run_pipeline, run_stages
from .stage import Job, Stage
from .workspace import Workspace

__all__ = [
    'Job', 'STAGES', 'Stage', 'Step', 'Workspace', 'draw_segmentations',
    'plan', 'read_curves', 'read_methods', 'read_records', 'read_table',
    'row_settings', 'run_ablation', 'run_pipeline', 'run_stages',
    'stages_of', 'write_report'
]
