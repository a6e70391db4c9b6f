# Copyright (c) COMNet contributors. All rights reserved.
from dataclasses import asdict, dataclass

import numpy as np

from ...ops import dense_crf, label_probs, pixel_shares, require_pydensecrf
from ...registry import REFINERS
from ...utils import InputError, schema
from .refiner import Refiner


@REFINERS.register_module()
@dataclass(frozen=True)
class DenseCRF(Refiner):
    """Dense CRF, by default with IRN's settings for labels.

    It trusts the label of the highest weight in all pixels alike. With
    ``gt_prob=None`` it knows how sure each pixel is: where two labels weigh
    about the same, the colours decide. Measured on walked scores of MSRC14's
    training images::

        dict(type='DenseCRF', gt_prob=None, power=4, num_steps=3,
             bilateral_sxy=30, bilateral_srgb=8, bilateral_compat=8)

    Args:
        gt_prob: Probability that the label of the highest weight is right, in
            (0, 1); None takes the weights themselves.
        power: Of the weights, for ``gt_prob=None``; the higher, the surer.
        num_steps: As in :func:`comnet.ops.dense_crf`, as all that follow.

    Raises:
        InputError: A value means nothing.
    """
    gt_prob: float | None = schema.number(0.7, above=0, below=1)
    power: float = schema.number(1, above=0)
    num_steps: int = schema.number(10, at_least=0)
    gaussian_sxy: float = schema.number(3, above=0)
    gaussian_compat: float = 3
    bilateral_sxy: float = schema.number(50, above=0)
    bilateral_srgb: float = schema.number(5, above=0)
    bilateral_compat: float = 10

    def __post_init__(self) -> None:
        """Check the fields."""
        schema.check_fields(self)
        if self.gt_prob is not None and self.power != 1:
            raise InputError(f'power is {self.power}; it takes gt_prob=None, '
                             'which lets more than the highest weight count')

    def require(self) -> None:
        """Check that pydensecrf is there, which is compiled."""
        require_pydensecrf()

    def __call__(self, image: np.ndarray, weights: np.ndarray) -> np.ndarray:
        """Refine N stacks of maps, see :class:`Refiner`."""
        probs = pixel_shares(
            weights, self.power) if self.gt_prob is None else label_probs(
                weights, self.gt_prob)
        settings = asdict(self)
        del settings['gt_prob'], settings['power']
        return dense_crf(image, probs, **settings)
