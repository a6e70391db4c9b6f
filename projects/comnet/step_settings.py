# Copyright (c) COMNet contributors. All rights reserved.
"""Settings of steps that are the options of a command, too.

They stand apart from the steps so that a command knows them without PyTorch.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .utils import schema


@dataclass(frozen=True, kw_only=True)
class AffinitySettings:
    """Settings of :class:`comnet.steps.AffinityLabels`.

    Attributes:
        fg_threshold: CAM from which on a pixel is foreground.
        bg_threshold: CAM below which a pixel is background.
        refine: What refines them, such as 'DenseCRF' or 'PAR', or its
            settings; None for nothing.
    """
    fg_threshold: float = schema.share(0.30)
    bg_threshold: float = schema.share(0.05)
    refine: str | Mapping[str, Any] | None = 'DenseCRF'


@dataclass(frozen=True, kw_only=True)
class DirectionSettings:
    """Settings of :class:`comnet.steps.Directions`.

    Attributes:
        scale: Factor of the images' size.
        num_components: Number of principal directions that features are
            projected on. Time and memory grow with its square.
        stride: Every n-th position counts.
    """
    scale: float = schema.number(1.0, above=0)
    num_components: int = schema.number(512, at_least=1)
    stride: int = schema.number(2, at_least=1)


@dataclass(frozen=True, kw_only=True)
class PixelSettings:
    """Settings of :class:`comnet.steps.PixelClassifier`.

    Attributes:
        scale: Factor of the size of the config's test images.
        num_rounds: Times that it is fitted.
        fg_threshold: CAM above which a position is an object; None for
            midway between Otsu's threshold of the CAMs and 1.
        bg_threshold: CAM below which a position is background; None for
            four fifths of Otsu's threshold.
        num_neighbors: Positions of the image that probabilities are averaged
            over.
        num_positions: Positions that it is fitted to.
        num_components: Principal directions that features are projected on.
        seed: Of the first weights and of what is drawn.
    """
    scale: float = schema.number(1.0, above=0)
    num_rounds: int = schema.number(3, at_least=1)
    fg_threshold: float | None = schema.share(None)
    bg_threshold: float | None = schema.share(None)
    num_neighbors: int = schema.number(32, at_least=1)
    num_positions: int = schema.number(65536, at_least=1)
    num_components: int = schema.number(512, at_least=1)
    seed: int = schema.number(0, at_least=0)
