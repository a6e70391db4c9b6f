# Copyright (c) COMNet contributors. All rights reserved.
from dataclasses import dataclass

from ...registry import REFINERS
from .dense_crf import DenseCRF


@REFINERS.register_module()
@dataclass(frozen=True)
class DeepLabCRF(DenseCRF):
    """Dense CRF of a segmentor's probabilities, with DeepLab v2's settings.

    The arguments are those of :class:`DenseCRF`.
    """
    gt_prob: float | None = None
    gaussian_sxy: float = 1
    bilateral_sxy: float = 67
    bilateral_srgb: float = 3
    bilateral_compat: float = 4
