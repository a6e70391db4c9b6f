# Copyright (c) COMNet contributors. All rights reserved.
"""Dense CRF: probabilities follow an image's colours."""

from importlib import import_module
from types import ModuleType

import numpy as np
from jaxtyping import Float, Float32, UInt8

from ..utils import InputError

MIN_PROB = 1e-5  # of a label that the colours can still bring about


def dense_crf(image: UInt8[np.ndarray, 'h w 3'],
              probs: Float[np.ndarray, 'stacks labels h w'], *,
              num_steps: int, gaussian_sxy: float, gaussian_compat: float,
              bilateral_sxy: float, bilateral_srgb: float,
              bilateral_compat: float
              ) -> Float32[np.ndarray, 'stacks labels h w']:
    """Refine probabilities by the mean field of a dense CRF.

    Several stacks of maps share its kernels, which take a third of the time.

    Args:
        image: RGB image, uint8, (H, W, 3).
        probs: N stacks of maps of C labels, which sum to 1, (N, C, H, W).
        num_steps: Iterations of the mean field.
        gaussian_sxy: Range of the smoothness kernel, in pixels.
        gaussian_compat: Weight of the smoothness kernel.
        bilateral_sxy: Range of the appearance kernel, in pixels.
        bilateral_srgb: Range of the appearance kernel, in grey levels of 0 to
            255.
        bilateral_compat: Weight of the appearance kernel.

    Returns:
        Refined probabilities, float32, (N, C, H, W).

    Raises:
        ValueError: The arrays do not fit together, or the probabilities are
            none.
        InputError: pydensecrf cannot be imported.
    """
    if probs.ndim != 4:
        raise ValueError(f'probs have shape {probs.shape}: give (N, C, H, W)')
    num_labels, height, width = probs.shape[1:]
    if image.dtype != np.uint8 or image.shape != (height, width, 3):
        raise ValueError(
            f'image is {image.dtype} {image.shape} for maps of {height, width}'
            ': give an RGB image (H, W, 3) in uint8 and maps of the same size')
    if not np.allclose(probs.sum(1, dtype=np.float64), 1, atol=1e-2):
        raise ValueError('probs do not sum to 1 over the labels: give shares '
                         'or the softmax of logits')
    crf = require_pydensecrf().DenseCRF2D(width, height, num_labels)
    crf.addPairwiseGaussian(sxy=gaussian_sxy, compat=gaussian_compat)
    crf.addPairwiseBilateral(
        sxy=bilateral_sxy, srgb=bilateral_srgb, compat=bilateral_compat,
        rgbim=np.array(image, order='C'))
    refined = np.empty(probs.shape, np.float32)
    for each, result in zip(probs, refined, strict=True):
        energy = -np.log(each.clip(MIN_PROB, 1)).reshape(num_labels, -1)
        crf.setUnaryEnergy(np.ascontiguousarray(energy, np.float32))
        result.flat = np.array(crf.inference(num_steps))
    return refined


def require_pydensecrf() -> ModuleType:
    """Return the module of pydensecrf, which is compiled and may be missing.

    Raises:
        InputError: It cannot be imported.
    """
    try:
        return import_module('pydensecrf.densecrf')
    except ImportError as error:
        raise InputError(
            f'the dense CRF takes the package pydensecrf ({error}): pip '
            'install pydensecrf2, which needs a C++ compiler, or take '
            "pixel-adaptive refinement, refine='PAR', which needs none"
        ) from error
