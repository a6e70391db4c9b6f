# Copyright (c) COMNet contributors. All rights reserved.
from abc import ABC, abstractmethod
from dataclasses import asdict
from typing import Any

import numpy as np


class Refiner(ABC):
    """Base of all refiners, which are frozen dataclasses of plain values."""

    @abstractmethod
    def __call__(self, image: np.ndarray, weights: np.ndarray) -> np.ndarray:
        """Let maps follow an image's colours.

        Args:
            image: RGB image, uint8, (H, W, 3).
            weights: N stacks of maps of C labels, not negative, (N, C, H, W);
                the first label is the background. Their shares of each pixel
                alone count. The stacks have nothing in common but the image,
                whose part of the work is done once.

        Returns:
            Probabilities of the labels, float32, (N, C, H, W).

        Raises:
            ValueError: The arrays do not fit together.
            InputError: A pixel has no weight at all.
        """

    def require(self) -> None:  # noqa: B027  # most take nothing more
        """Check that all it takes is installed, before any work starts.

        Raises:
            InputError: Something is missing.
        """

    @property
    def settings(self) -> dict[str, Any]:
        """What a config would say of it in full, and a record does."""
        return dict(
            type=type(self).__name__,
            **asdict(self))  # type: ignore[call-overload]
