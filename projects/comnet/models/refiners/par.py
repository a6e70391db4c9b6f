# Copyright (c) COMNet contributors. All rights reserved.
from dataclasses import asdict, dataclass

import numpy as np
import torch

from ...ops import pixel_adaptive_refinement, pixel_shares
from ...registry import REFINERS
from ...utils import InputError, schema
from .refiner import Refiner


@REFINERS.register_module()
@dataclass(frozen=True)
class PAR(Refiner):
    """Pixel-adaptive refinement (AFA, Sec. 3.4), which needs no compiler.

    The defaults were measured on walked scores of MSRC14's training images.
    AFA's, for probabilities, are ``dict(type='PAR', power=1, num_steps=15,
    color_width=0.3)``.

    Args:
        power: Probabilities are proportional to the weights to this power.
        num_steps: As in :func:`comnet.ops.pixel_adaptive_refinement`, as all
            that follow.

    Raises:
        InputError: A value means nothing.
    """
    power: float = schema.number(8, above=0)
    num_steps: int = schema.number(10, at_least=0)
    dilations: tuple[int, ...] = (1, 2, 4, 8, 12, 24)
    color_width: float = schema.number(0.15, above=0)
    position_width: float = schema.number(0.3, above=0)
    position_weight: float = 0.01

    def __post_init__(self) -> None:
        """Check the fields."""
        schema.check_fields(self)
        given = self.dilations
        if not isinstance(given, list | tuple) or not given or not all(
                type(each) is int and each > 0 for each in given):
            raise InputError(f'dilations is {given!r}; give a list of whole '
                             'numbers above 0')
        object.__setattr__(self, 'dilations', tuple(given))  # of a config

    def __call__(self, image: np.ndarray, weights: np.ndarray) -> np.ndarray:
        """Refine N stacks of maps, see :class:`Refiner`."""
        settings = asdict(self)
        probs = pixel_shares(weights, settings.pop('power'))
        refined = pixel_adaptive_refinement(
            torch.from_numpy(image.transpose(2, 0, 1).copy()),
            torch.from_numpy(probs.reshape(-1, *probs.shape[2:])),
            **settings)
        return refined.numpy().reshape(probs.shape)
