# Copyright (c) COMNet contributors. All rights reserved.
"""How well masks fit their pictures, told without a true mask."""

import cv2
import numpy as np
from jaxtyping import Float, Float64, UInt8


def colour_fit(image: UInt8[np.ndarray, 'h w 3'],
               scores: Float[np.ndarray, 'classes h w'],
               thresholds: Float[np.ndarray, ' thresholds']
               ) -> Float64[np.ndarray, ' thresholds']:
    """Tell what masks explain of a picture's colours.

    A mask that follows the objects has regions of few colours each: the
    variance between its labels is large. This is Otsu's criterion, on colours
    (CIE Lab) in place of the scores that are cut. A mask's labels are those
    of :func:`comnet.ops.pseudo_mask`.

    Args:
        image: RGB, as large as the maps.
        scores: Scores of the picture's K classes, (K, H, W).
        thresholds: Of the background, ascending, (T,).

    Returns:
        The variance between labels as a share of the picture's, of the mask
        at each threshold; 0 for a picture of one colour. Shape (T,).

    Raises:
        ValueError: The arrays do not fit together.
    """
    if scores.ndim != 3 or image.shape != (*scores.shape[1:], 3):
        raise ValueError(f'image {image.shape} for scores {scores.shape}: '
                         'give (H, W, 3) and (K, H, W)')
    colours = cv2.cvtColor(  # (P, 3)
        np.float32(image) / 255, cv2.COLOR_RGB2LAB).reshape(-1, 3)
    colours = colours.astype(np.float64)
    colours -= colours.mean(0)
    total = np.square(colours).sum()
    if not len(scores) or not total:  # of a negative, or of one colour
        return np.zeros(len(thresholds))
    label = scores.argmax(0).ravel()  # (P,)
    level = np.searchsorted(thresholds, scores.max(0).ravel())
    number, *sums = (
        _above(label, level, (len(scores), len(thresholds)), weights)
        for weights in (np.ones(len(colours)), *colours.T))  # (K, T) each
    # the rest is background; the colours' sum over all pixels is 0
    number = np.vstack([number, len(colours) - number.sum(0)])
    between = sum(np.square(np.vstack([each, -each.sum(0)]))
                  for each in sums) / np.maximum(number, 1)
    shares: np.ndarray = between.sum(0) / total
    return shares


def _above(label: np.ndarray, level: np.ndarray, shape: tuple[int, int],
           weights: np.ndarray) -> np.ndarray:
    """Sum the weights of each label's pixels above each threshold, (K, T).

    ``level`` is the number of thresholds that a pixel exceeds.
    """
    num_labels, levels = shape[0], shape[1] + 1
    sums = np.bincount(label * levels + level, weights, num_labels * levels)
    sums = sums.reshape(num_labels, levels)
    return sums[:, ::-1].cumsum(axis=1)[:, ::-1][:, 1:]
