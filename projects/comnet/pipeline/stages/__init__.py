# Copyright (c) COMNet contributors. All rights reserved.
"""The stages of the pipeline, a file each."""

from .affinity import Affinity
from .cam_masks import CAMMasks
from .cams import CAMs
from .classifier import Classifier
from .evaluation import Evaluation
from .imported_cams import ImportedCAMs
from .irnet import IRNetTraining
from .segmentor import Segmentor
from .walked_masks import WalkedMasks

__all__ = [
    'Affinity', 'CAMMasks', 'CAMs', 'Classifier', 'Evaluation',
    'IRNetTraining', 'ImportedCAMs', 'Segmentor', 'WalkedMasks'
]
