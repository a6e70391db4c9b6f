# Copyright (c) COMNet contributors. All rights reserved.
"""What a run tells of itself, for tests of its results."""

from collections.abc import Sequence
from pathlib import Path

from comnet.results import RunFile, StepEntry
from comnet.steps import Measure

STEPS = dict(
    classifier=StepEntry('Classifier', 'classifier'),
    cam=StepEntry('CAMs', 'cam/cams', '*.npz', Measure(
        'CAM', 'train', 'cam/mIoU', 'cam/num_images')),
    affinity=StepEntry('AffinityLabels', 'affinity/labels', '*.png'),
    irnet=StepEntry('IRNet', 'irnet'),
    pseudo=StepEntry('WalkedMasks', 'pseudo/masks', '*.png', Measure(
        'pseudo mask', 'train')),
    segmentor=StepEntry('Segmentor', 'segmentor'),
    evaluation=StepEntry('Evaluation', 'evaluation', 'masks/*.png', Measure(
        'segmentation', 'val')))


def run_of(methods: Sequence[str], data_root: str | Path = 'data') -> RunFile:
    """Return what a run of these methods tells, all with all steps."""
    return RunFile(str(data_root), dict.fromkeys(methods, STEPS))
