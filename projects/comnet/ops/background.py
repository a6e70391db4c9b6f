# Copyright (c) COMNet contributors. All rights reserved.
"""The background as one more class, of a constant score."""

import numpy as np


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
