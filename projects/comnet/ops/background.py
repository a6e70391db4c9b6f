# Copyright (c) COMNet contributors. All rights reserved.
"""The background as one more class, of a constant score."""

import numpy as np


def add_background(scores: np.ndarray, threshold: float) -> np.ndarray:
    """Put the background before the classes, (K, H, W) -> (K + 1, H, W)."""
    return np.pad(
        scores, ((1, 0), (0, 0), (0, 0)), constant_values=threshold)
