# Copyright (c) COMNet contributors. All rights reserved.
"""What is registered with OpenMMLab, by importing it."""

from ..utils import quiet_imports  # noqa: F401  # before the others
from .group_collate import group_collate
from .paired_voc import PairedVOCDataset
from .transforms import LoadVOCImage, LoadVOCMask
from .voc_labels import VOCLabelDataset
from .voc_segmentation import VOCSegmentationDataset

__all__ = [
    'LoadVOCImage', 'LoadVOCMask', 'PairedVOCDataset', 'VOCLabelDataset',
    'VOCSegmentationDataset', 'group_collate'
]
