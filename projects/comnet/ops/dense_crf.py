# Copyright (c) COMNet contributors. All rights reserved.
"""Dense CRF: labels, scores or probabilities follow an image's colours."""

from importlib import import_module
from types import ModuleType
from typing import Any

import numpy as np

from ..utils import InputError
from .background import add_positive_background


def crf_refine_labels(image: np.ndarray,
                      labels: np.ndarray,
                      num_labels: int,
                      gt_prob: float = 0.7,
                      num_steps: int = 10,
                      gaussian_sxy: float = 3,
                      gaussian_compat: float = 3,
                      bilateral_sxy: float = 50,
                      bilateral_srgb: float = 5,
                      bilateral_compat: float = 10) -> np.ndarray:
    """Refine hard labels with a dense CRF, by default with IRN's settings.

    Args:
        image: RGB image, uint8, (H, W, 3).
        labels: Labels 0 to ``num_labels`` - 1, (H, W), or several maps of
            them, (N, H, W), which share what takes a third of the time.
        num_labels: Number of labels that the CRF may choose from.
        gt_prob: Probability that a given label is right, in (0, 1).
        num_steps: Iterations of the mean field.
        gaussian_sxy: Range of the smoothness kernel, in pixels.
        gaussian_compat: Weight of the smoothness kernel.
        bilateral_sxy: Range of the appearance kernel, in pixels.
        bilateral_srgb: Range of the appearance kernel, in grey levels of 0 to
            255.
        bilateral_compat: Weight of the appearance kernel.

    Returns:
        Refined labels in the labels' shape and data type; a copy of the given
        ones if there is no other label to choose.

    Raises:
        ValueError: The arrays do not fit together, or a label is too large.
        InputError: ``gt_prob`` is not in (0, 1).
    """
    _check_image(image, labels.shape[-2:])
    if labels.min() < 0 or labels.max() >= num_labels:
        raise ValueError(
            f'labels run from {labels.min()} to {labels.max()}: give labels '
            f'from 0 to num_labels - 1 = {num_labels - 1}')
    if not 0 < gt_prob < 1:
        raise InputError(f'gt_prob is {gt_prob}: give a value in (0, 1)')
    if num_labels == 1:
        return labels.copy()
    crf = _dense_crf(image, num_labels, (gaussian_sxy, gaussian_compat),
                     (bilateral_sxy, bilateral_srgb, bilateral_compat))
    refined = [
        _mean_field(crf, pydensecrf('utils').unary_from_labels(
            each, num_labels, gt_prob=gt_prob, zero_unsure=False),
            num_steps).argmax(0)
        for each in labels.reshape(-1, *image.shape[:2])]
    return np.array(refined, labels.dtype).reshape(labels.shape)


def crf_refine_scores(image: np.ndarray,
                      scores: np.ndarray,
                      bg_threshold: float,
                      power: float = 4,
                      num_steps: int = 3,
                      gaussian_sxy: float = 3,
                      gaussian_compat: float = 3,
                      bilateral_sxy: float = 30,
                      bilateral_srgb: float = 8,
                      bilateral_compat: float = 8) -> np.ndarray:
    """Refine scores with a dense CRF that knows how sure each pixel is.

    :func:`crf_refine_labels` trusts all labels alike. Here the probabilities
    of background and classes are proportional to ``bg_threshold`` and the
    scores, to a power: where a score is near the threshold, the colours
    decide. The defaults were measured on walked scores of MSRC14's training
    images.

    Args:
        image: RGB image, uint8, (H, W, 3).
        scores: Scores of the K classes of the image, not negative, (K, H, W).
        bg_threshold: Score of the background, above 0.
        power: Power of the scores; the higher, the surer.
        num_steps: As in :func:`crf_refine_labels`.
        gaussian_sxy: As in :func:`crf_refine_labels`.
        gaussian_compat: As in :func:`crf_refine_labels`.
        bilateral_sxy: As in :func:`crf_refine_labels`.
        bilateral_srgb: As in :func:`crf_refine_labels`.
        bilateral_compat: As in :func:`crf_refine_labels`.

    Returns:
        Labels, int64, (H, W): 0 background, k + 1 the class of ``scores[k]``.

    Raises:
        ValueError: The arrays do not fit together.
        InputError: The background has no score.
    """
    # (K + 1, H, W)
    weights = add_positive_background(scores, bg_threshold)**power
    probs = crf_refine_probs(
        image, weights / weights.sum(0), num_steps, gaussian_sxy,
        gaussian_compat, bilateral_sxy, bilateral_srgb, bilateral_compat)
    return probs.argmax(0)


def crf_refine_probs(image: np.ndarray,
                     probs: np.ndarray,
                     num_steps: int = 10,
                     gaussian_sxy: float = 1,
                     gaussian_compat: float = 3,
                     bilateral_sxy: float = 67,
                     bilateral_srgb: float = 3,
                     bilateral_compat: float = 4) -> np.ndarray:
    """Refine class probabilities with a dense CRF, as DeepLab v2 does.

    Args:
        image: RGB image, uint8, (H, W, 3).
        probs: Softmax output, (C, H, W).
        num_steps: As in :func:`crf_refine_labels`.
        gaussian_sxy: As in :func:`crf_refine_labels`.
        gaussian_compat: As in :func:`crf_refine_labels`.
        bilateral_sxy: As in :func:`crf_refine_labels`.
        bilateral_srgb: As in :func:`crf_refine_labels`.
        bilateral_compat: As in :func:`crf_refine_labels`.

    Returns:
        Refined probabilities, float32, (C, H, W).

    Raises:
        ValueError: The arrays do not fit together, or the probabilities are
            none.
    """
    if probs.ndim != 3:
        raise ValueError(
            f'probs have shape {probs.shape}: give one map a class, (C, H, W)')
    _check_image(image, probs.shape[1:])
    if not np.allclose(probs.sum(0, dtype=np.float64), 1, atol=1e-2):
        raise ValueError('probs do not sum to 1 over the classes: give the '
                         'softmax of the logits')
    crf = _dense_crf(image, len(probs), (gaussian_sxy, gaussian_compat),
                     (bilateral_sxy, bilateral_srgb, bilateral_compat))
    refined = _mean_field(
        crf, pydensecrf('utils').unary_from_softmax(probs), num_steps)
    return refined.reshape(probs.shape)


def pydensecrf(module: str) -> ModuleType:
    """Return a module of pydensecrf, which is compiled and may be missing.

    Args:
        module: 'densecrf' or 'utils'.

    Raises:
        InputError: It cannot be imported.
    """
    try:
        return import_module(f'pydensecrf.{module}')
    except ImportError as error:
        raise InputError(
            f'the dense CRF takes the package pydensecrf ({error}): pip '
            'install pydensecrf2, which needs a C++ compiler, or take '
            "pixel-adaptive refinement, crf='par', which needs none"
        ) from error


def _check_image(image: np.ndarray, size: tuple[int, ...]) -> None:
    """Raise a ValueError unless the image is RGB uint8 of this size."""
    if image.dtype != np.uint8 or image.shape != (*size, 3):
        raise ValueError(
            f'image is {image.dtype} {image.shape} for maps of {size}: give '
            'an RGB image (H, W, 3) in uint8 and maps of the same size')


def _dense_crf(image: np.ndarray, num_labels: int,
               gaussian: tuple[float, float],
               bilateral: tuple[float, float, float]) -> Any:
    """Return a dense CRF with two kernels, which takes any unaries.

    Args:
        image: RGB image, (H, W, 3).
        num_labels: Number of labels.
        gaussian: sxy and compat.
        bilateral: sxy, srgb and compat.
    """
    height, width = image.shape[:2]
    crf = pydensecrf('densecrf').DenseCRF2D(width, height, num_labels)
    sxy, compat = gaussian
    crf.addPairwiseGaussian(sxy=sxy, compat=compat)
    sxy, srgb, compat = bilateral
    crf.addPairwiseBilateral(
        sxy=sxy, srgb=srgb, rgbim=np.array(image, order='C'), compat=compat)
    return crf


def _mean_field(crf: Any, unary: np.ndarray, num_steps: int) -> np.ndarray:
    """Run the mean field of a dense CRF.

    Args:
        crf: Of the image and its labels.
        unary: Negative log-likelihoods, float32, (C, HW).
        num_steps: Iterations.

    Returns:
        Probabilities, float32, (C, HW).
    """
    crf.setUnaryEnergy(np.ascontiguousarray(unary))
    return np.array(crf.inference(num_steps))
