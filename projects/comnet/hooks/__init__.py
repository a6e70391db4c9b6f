# Copyright (c) COMNet contributors. All rights reserved.
from .cam_hook import CAMHook
from .group_sampling_hook import GroupSamplingHook
from .progress_hook import ProgressHook

__all__ = ['CAMHook', 'GroupSamplingHook', 'ProgressHook']
