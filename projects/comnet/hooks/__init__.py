# Copyright (c) COMNet contributors. All rights reserved.
"""Hooks of trainings and tests; importing it registers them."""

from ..utils import quiet_imports  # noqa: F401  # before the others
from .cam_hook import CAMHook
from .cam_picture_hook import CAMPictureHook
from .check_weights_hook import CheckWeightsHook
from .cudnn_benchmark_hook import CuDNNBenchmarkHook
from .finite_hook import FiniteHook
from .progress_hook import ProgressHook
from .sample_seed_hook import SampleSeedHook
from .whole_checkpoint_hook import WholeCheckpointHook
from .written_mask_hook import WrittenMaskHook

__all__ = [
    'CAMHook', 'CAMPictureHook', 'CheckWeightsHook', 'CuDNNBenchmarkHook',
    'FiniteHook', 'ProgressHook', 'SampleSeedHook', 'WholeCheckpointHook',
    'WrittenMaskHook'
]
