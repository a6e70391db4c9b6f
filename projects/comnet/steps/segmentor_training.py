# Copyright (c) COMNet contributors. All rights reserved.
from dataclasses import dataclass
from pathlib import Path

from ..registry import STEPS
from .fields import made_by, place
from .training import Training


@STEPS.register_module()
@dataclass(frozen=True)
class SegmentorTraining(Training):
    """Training of a segmentor on the pseudo masks.

    The attributes are those of :class:`Training`.
    """
    mask_dir: str | Path | None = made_by('pseudo', None)
    validate: bool = place(False)
