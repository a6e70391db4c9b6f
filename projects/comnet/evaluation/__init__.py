# Copyright (c) COMNet contributors. All rights reserved.
from .cam_metric import CAMMetric
from .mask_iou import mask_iou

__all__ = ['CAMMetric', 'mask_iou']
