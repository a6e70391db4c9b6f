# Copyright (c) COMNet contributors. All rights reserved.
from dataclasses import dataclass

from ...registry import REFINERS
from ...utils import schema
from .dense_crf import DenseCRF


@REFINERS.register_module()
@dataclass(frozen=True)
class DeepLabCRF(DenseCRF):
    """Dense CRF of a segmentor's probabilities, with DeepLab v2's settings.

    The arguments are those of :class:`DenseCRF`.
    """
    gt_prob: float | None = schema.number(None, above=0, below=1)
    gaussian_sxy: float = schema.number(1, above=0)
    bilateral_sxy: float = schema.number(67, above=0)
    bilateral_srgb: float = schema.number(3, above=0)
    bilateral_compat: float = 4
