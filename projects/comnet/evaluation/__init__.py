# Copyright (c) COMNet contributors. All rights reserved.
"""Metrics of CAMs and masks; importing it registers them."""

from ..utils import quiet_imports  # noqa: F401  # before the others
from .cam_metric import CAMMetric, evaluate_cams
from .mask_iou import evaluate_masks, mask_iou, picture_iou
from .voc_iou_metric import VOCIoUMetric

__all__ = [
    'CAMMetric', 'VOCIoUMetric', 'evaluate_cams', 'evaluate_masks',
    'mask_iou', 'picture_iou'
]
