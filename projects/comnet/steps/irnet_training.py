# Copyright (c) COMNet contributors. All rights reserved.
from dataclasses import dataclass
from pathlib import Path

from ..registry import STEPS
from .fields import made_by
from .training import Training


@STEPS.register_module()
@dataclass(frozen=True)
class IRNetTraining(Training):
    """Training of an IRNet, which finds class boundaries (IRN, Sec. 4).

    The attributes are those of :class:`Training`.
    """
    mask_dir: str | Path | None = made_by('affinity', None)
