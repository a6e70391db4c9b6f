# Copyright (c) COMNet contributors. All rights reserved.
"""Metrics of CAMs and masks; importing it registers them."""

from ..utils import quiet_imports  # noqa: F401  # before the others
from .cam_metric import CAMMetric
from .mask_iou import mask_iou, picture_iou
from .voc_iou_metric import VOCIoUMetric

__all__ = ['CAMMetric', 'VOCIoUMetric', 'mask_iou', 'picture_iou']
