# Copyright (c) COMNet contributors. All rights reserved.
"""Otsu's threshold of scores that were counted."""

import numpy as np
from jaxtyping import Float, Int64, Integer

BINS = 100  # of equal width from 0 to 1


def score_counts(scores: Float[np.ndarray, 'classes h w']
                 ) -> Int64[np.ndarray, ' bins']:
    """Count positions by the highest of their K scores, (K, h, w) -> (B,).

    Scores lie in 0 to 1; without any class all positions have 0.
    """
    counts, _ = np.histogram(scores.max(0, initial=0), BINS, (0, 1))
    return counts


def otsu_threshold(counts: Integer[np.ndarray, ' bins']) -> float:
    """Part scores into two classes of the largest variance between them.

    N. Otsu, *A Threshold Selection Method from Gray-Level Histograms*, IEEE
    Transactions on Systems, Man, and Cybernetics, 1979.

    Args:
        counts: Numbers of scores in B bins of equal width from 0 to 1, (B,).

    Returns:
        The border of two bins, the lowest one of several that are as good.
    """
    number = counts.cumsum()  # of scores up to each border, (B,)
    total = (counts * (np.arange(len(counts)) + 0.5)).cumsum()
    below, above = number[:-1], number[-1] - number[:-1]
    spread = (total[:-1] * above - (total[-1] - total[:-1]) * below)**2
    between = spread / np.maximum(below * above * 1.0, 1)
    return float((between.argmax() + 1) / len(counts))
