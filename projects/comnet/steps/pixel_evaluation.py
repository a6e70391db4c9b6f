# Copyright (c) COMNet contributors. All rights reserved.
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from mmengine.config import Config

from ..registry import STEPS
from .evaluation import Evaluation
from .fields import made_by, network_options, place
from .step import Measure


@STEPS.register_module()
@dataclass(frozen=True)
class PixelEvaluation(Evaluation):
    """Test of the segmentor that the pixel classifier is.

    The attributes are those of :class:`Evaluation`; the config has the
    classifier's backbone and a :class:`comnet.models.PixelHead`.
    """
    measure: ClassVar[Measure | None] = Measure(
        'segmentation, pixel classifier', 'val')
    config: str | Path | Config = place()
    checkpoint: str | Path = made_by('pixel_classifier')
    options: Mapping[str, Any] = network_options()
