# Copyright (c) COMNet contributors. All rights reserved.
"""Scores of classes become a mask, here and nowhere else."""

import numpy as np

from ..utils import InputError
from .background import add_background
from .dense_crf import crf_refine_labels, crf_refine_scores
from .pixel_adaptive_refinement import par_refine_scores
from .refinement import CRFS, check_crf


def pseudo_mask(scores: np.ndarray,
                class_ids: np.ndarray,
                bg_threshold: float,
                image: np.ndarray | None = None,
                crf: str | None = None) -> np.ndarray:
    """Turn scores into a mask: the highest wins (IRN, Sec. 5).

    Args:
        scores: Scores of the K classes of the image, shape (K, H, W).
        class_ids: Their class indices from 0, shape (K,).
        bg_threshold: Score of the background, which wins a tie.
        image: RGB, uint8, shape (H, W, 3), to refine with.
        crf: 'labels' refines the mask with :func:`crf_refine_labels`, 'scores'
            the scores with :func:`crf_refine_scores` and 'par' with
            :func:`par_refine_scores`, None nothing.

    Returns:
        Shape (H, W), uint8: 0 background, class index + 1 an object.

    Raises:
        InputError: There is no such CRF, or a score is not finite.
        ValueError: The arrays do not fit together, or there is no image to
            refine with.
    """
    check_crf(crf, CRFS, 'crf')
    if scores.ndim != 3 or len(scores) != len(class_ids):
        raise ValueError(
            f'scores {scores.shape} for {len(class_ids)} classes: give one '
            'map a class, (K, H, W)')
    if not np.isfinite(scores).all():
        raise InputError('the scores hold NaN or infinite values: make the '
                         'CAMs anew')
    labels = np.append(0, class_ids + 1).astype(np.uint8)  # (K + 1,)
    mask = labels[add_background(scores, bg_threshold).argmax(0)]
    if crf is None:
        return mask
    if image is None:
        raise ValueError(f'crf={crf!r} takes the image')
    if crf == 'scores':
        return labels[crf_refine_scores(image, scores, bg_threshold)]
    if crf == 'par':
        return labels[par_refine_scores(image, scores, bg_threshold)]
    present, index = np.unique(mask, return_inverse=True)
    return present[crf_refine_labels(
        image, index.reshape(mask.shape), len(present))]
