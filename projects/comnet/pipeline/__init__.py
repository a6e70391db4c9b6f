# Copyright (c) COMNet contributors. All rights reserved.
from .method import STAGES, Method
from .stages import run_stage, stage_results

__all__ = ['STAGES', 'Method', 'run_stage', 'stage_results']
