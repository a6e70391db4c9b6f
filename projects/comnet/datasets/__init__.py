# Copyright (c) COMNet contributors. All rights reserved.
"""Data sets in VOC layout, and the files made from them.

The names below are imported with the first of them, or, as configs do it,
with :mod:`comnet.datasets.components`, which registers them with OpenMMLab.
Lists, labels, pictures and masks are read without, in a fraction of the time.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .components import (
        LoadVOCImage,
        LoadVOCMask,
        PairedVOCDataset,
        VOCLabelDataset,
        VOCSegmentationDataset,
    )

__all__ = [
    'LoadVOCImage', 'LoadVOCMask', 'PairedVOCDataset', 'VOCLabelDataset',
    'VOCSegmentationDataset'
]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f'module {__name__!r} has no attribute {name!r}')
    return getattr(import_module(f'{__name__}.components'), name)
