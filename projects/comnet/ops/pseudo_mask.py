# Copyright (c) COMNet contributors. All rights reserved.
"""Scores of classes become probabilities and masks, nowhere else."""

from collections.abc import Callable

import numpy as np
import torch
from jaxtyping import Float, Float64, Integer, Real, UInt8
from torch import Tensor

from ..utils import InputError
from .cam import resize_cam

Refine = Callable[
    [UInt8[np.ndarray, 'h w 3'], Float[np.ndarray, 'stacks labels h w']],
    Float[np.ndarray, 'stacks labels h w']]


def pseudo_mask(scores: Float[np.ndarray, 'classes h w'],
                class_ids: Integer[np.ndarray, ' classes'],
                bg_threshold: float,
                image: UInt8[np.ndarray, 'h w 3'] | None = None,
                refine: Refine | None = None) -> UInt8[np.ndarray, 'h w']:
    """Turn scores into a mask: the highest wins (IRN, Sec. 5).

    Args:
        scores: Scores of the K classes of the image, shape (K, H, W).
        class_ids: Their class indices from 0, shape (K,).
        bg_threshold: Score of the background, which wins a tie.
        image: RGB, uint8, shape (H, W, 3), to refine with.
        refine: Lets the scores follow the image's colours, such as a
            :class:`comnet.models.refiners.Refiner`; it chooses among the
            labels that win somewhere without it.

    Returns:
        Shape (H, W), uint8: 0 background, class index + 1 an object.

    Raises:
        InputError: A score is not finite.
        ValueError: The arrays do not fit together, or there is no image to
            refine with.
    """
    if scores.ndim != 3 or len(scores) != len(class_ids):
        raise ValueError(
            f'scores {scores.shape} for {len(class_ids)} classes: give one '
            'map a class, (K, H, W)')
    if not np.isfinite(scores).all():
        raise InputError('the scores hold NaN or infinite values: make the '
                         'CAMs anew')
    weights = add_background(scores, bg_threshold)
    winners = weights.argmax(0)
    if refine is not None:
        if image is None:
            raise ValueError('refine takes the image')
        present = np.unique(winners)
        winners = present[refine(image, weights[None, present])[0].argmax(0)]
    return np.append(0, class_ids + 1).astype(np.uint8)[winners]


def enlarged_argmax(scores: Float[Tensor, 'classes h w'],
                    size: tuple[int, int]) -> UInt8[Tensor, 'h2 w2']:
    """Enlarge scores bilinearly and take the highest one's label.

    One class is enlarged at a time: all of them would be 1 GB for 21 classes
    and 12 megapixels.

    Args:
        scores: Scores of at most 255 classes, shape (C, h, w).
        size: Height and width of the result, (H, W).

    Returns:
        Labels, uint8, (H, W).
    """
    best = scores.new_full(size, -torch.inf)
    labels = scores.new_zeros(size, dtype=torch.uint8)
    for index, score in enumerate(scores):
        large, = resize_cam(score[None], size)  # (H, W)
        labels[large > best] = index
        torch.maximum(best, large, out=best)
    return labels


def add_background(scores: Real[np.ndarray, 'classes h w'],
                   threshold: float) -> Real[np.ndarray, 'labels h w']:
    """Put the background before the classes.

    Args:
        scores: Scores of K classes, (K, H, W).
        threshold: Score of the background.

    Returns:
        Shape (K + 1, H, W).
    """
    return np.pad(
        scores, ((1, 0), (0, 0), (0, 0)), constant_values=threshold)


def pixel_shares(weights: Real[np.ndarray, 'stacks labels h w'],
                 power: float = 1
                 ) -> Float[np.ndarray, 'stacks labels h w']:
    """Turn weights into probabilities that are proportional to a power.

    Args:
        weights: N stacks of maps of C labels, not negative, (N, C, H, W).
        power: Of the weights; the higher, the surer.

    Returns:
        Their shares of each pixel, (N, C, H, W), float32 or better.

    Raises:
        InputError: A pixel has no weight at all.
    """
    highest = weights.max(1, keepdims=True)
    if not (highest > 0).all():
        raise InputError('a pixel has no score above 0: give the background '
                         'one, bg_threshold')
    shares = (weights / highest)**power  # not too small for float32
    return shares / shares.sum(1, keepdims=True)


def label_probs(weights: Real[np.ndarray, 'stacks labels h w'],
                gt_prob: float
                ) -> Float64[np.ndarray, 'stacks labels h w']:
    """Let the label of the highest weight be right with a probability.

    Args:
        weights: N stacks of maps of C labels, (N, C, H, W).
        gt_prob: The probability; all others share the rest.

    Returns:
        Probabilities, float64, (N, C, H, W).
    """
    num_labels = weights.shape[1]
    if num_labels == 1:
        return np.ones(weights.shape)
    probs = np.full(weights.shape, (1 - gt_prob) / (num_labels - 1))
    np.put_along_axis(
        probs, weights.argmax(1, keepdims=True), gt_prob, axis=1)
    return probs
