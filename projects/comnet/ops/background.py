# Copyright (c) COMNet contributors. All rights reserved.
"""The background as one more class, of a constant score."""

import numpy as np

from ..utils import InputError


def add_background(scores: np.ndarray, threshold: float) -> np.ndarray:
    """Put the background before the classes.

    Args:
        scores: Scores of K classes, (K, H, W).
        threshold: Score of the background.

    Returns:
        Shape (K + 1, H, W).
    """
    return np.pad(
        scores, ((1, 0), (0, 0), (0, 0)), constant_values=threshold)


def add_positive_background(scores: np.ndarray,
                            threshold: float) -> np.ndarray:
    """Put a background before the classes whose share is never 0.

    The arguments and the result are those of :func:`add_background`.

    Raises:
        InputError: The background has no score.
    """
    if not threshold > 0:
        raise InputError(f'bg_threshold is {threshold}: give the background '
                         'a score above 0')
    return add_background(scores, threshold)
