# Copyright (c) COMNet contributors. All rights reserved.
"""The steps of the method, a registered class each, in the order of the way.

A step of your own is one such class in a file that ``custom_imports`` of a
pipeline's config names: its fields are settings, or places (:func:`given`,
:func:`made_by`, :func:`same_as`, :func:`place`) that the pipeline fills in.
"""

from .affinity_labels import AffinityLabels
from .cam_masks import CAMMasks
from .cams import CAMs
from .classifier import Classifier
from .directions import Directions
from .evaluation import Evaluation
from .fields import given, made_by, place, same_as
from .image_step import ImageStep
from .imported_cams import ImportedCAMs
from .irnet_training import IRNetTraining
from .network import predict_boundaries
from .pixel_classifier import PixelClassifier
from .pixel_evaluation import PixelEvaluation
from .segmentor_training import SegmentorTraining
from .step import Measure, Step
from .training import Training
from .walked_masks import WalkedMasks

__all__ = [
    'AffinityLabels', 'CAMMasks', 'CAMs', 'Classifier', 'Directions',
    'Evaluation', 'IRNetTraining', 'ImageStep', 'ImportedCAMs', 'Measure',
    'PixelClassifier', 'PixelEvaluation', 'SegmentorTraining', 'Step',
    'Training', 'WalkedMasks', 'given', 'made_by', 'place',
    'predict_boundaries', 'same_as'
]
