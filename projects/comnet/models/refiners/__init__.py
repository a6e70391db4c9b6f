# Copyright (c) COMNet contributors. All rights reserved.
"""What lets maps follow an image's colours; importing it registers it.

``refine=`` names one in affinity labels, pseudo masks and a segmentor's test:
None, a class's name, or a dict, ``dict(type='DenseCRF', num_steps=5)``.
"""

from collections.abc import Mapping
from typing import Any

from ...registry import REFINERS
from .deeplab_crf import DeepLabCRF
from .dense_crf import DenseCRF
from .par import PAR
from .refiner import Refiner

__all__ = ['DeepLabCRF', 'DenseCRF', 'PAR', 'Refiner', 'build_refiner']


def build_refiner(refine: str | Mapping[str, Any] | None,
                  name: str = 'refine') -> Refiner | None:
    """Build what a setting ``refine`` stands for.

    Args:
        refine: A registered class's name, or ``dict(type=NAME, …)`` with its
            settings; None for no refinement.
        name: Of the setting in the config, for the message.

    Returns:
        The refiner, None for None.

    Raises:
        InputError: There is no such refiner or setting, or its value means
            nothing.
    """
    return None if refine is None else REFINERS.build(refine, name)
