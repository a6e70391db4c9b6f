# Copyright (c) COMNet contributors. All rights reserved.
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..registry import STEPS
from .fields import made_by, network_options, place
from .training import Training


@STEPS.register_module()
@dataclass(frozen=True)
class SegmentorTraining(Training):
    """Training of a segmentor on the pseudo masks.

    The attributes are those of :class:`Training`. The method's setting
    ``corrected_dir`` becomes an option: masks that take the place of pseudo
    masks.
    """
    options: Mapping[str, Any] = network_options('corrected_dir')
    mask_dir: str | Path | None = made_by('pseudo', None)
    validate: bool = place(False)
