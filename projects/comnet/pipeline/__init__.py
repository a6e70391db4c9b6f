# Copyright (c) COMNet contributors. All rights reserved.
"""All steps in order: what is done is skipped, what was cut off goes on.

Task runners such as doit, Snakemake and DVC were weighed and left: they tell
what is stale by hashes or times of whole files, where a step here reads a few
settings of an OpenMMLab config and goes on by image or epoch after a cut, so
that records (:mod:`comnet.utils.record`) would have stood beside them.
"""

from .ablation import read_table, row_settings, run_ablation
from .expected import Expected
from .features import clean_run
from .method import Method
from .plan import Planned, plan
from .quick import quick_work_dir, run_quick
from .reading import read_methods, read_pipeline
from .run import run_pipeline, run_steps
from .tuning import Choice, tune

__all__ = [
    'Choice', 'Expected', 'Method', 'Planned', 'clean_run', 'plan',
    'quick_work_dir', 'read_methods', 'read_pipeline', 'read_table',
    'row_settings', 'run_ablation', 'run_pipeline', 'run_quick', 'run_steps',
    'tune'
]
