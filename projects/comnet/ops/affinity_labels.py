# Copyright (c) COMNet contributors. All rights reserved.
"""Confident labels from class activation maps, to train affinities with."""

import numpy as np
from jaxtyping import Float, Integer, UInt8

from ..utils import InputError
from .pseudo_mask import Refine, add_background


def affinity_labels(image: UInt8[np.ndarray, 'h w 3'],
                    cam: Float[np.ndarray, 'classes h w'],
                    class_ids: Integer[np.ndarray, ' classes'],
                    fg_threshold: float = 0.30,
                    bg_threshold: float = 0.05,
                    ignore_index: int = 255,
                    refine: Refine | None = None
                    ) -> UInt8[np.ndarray, 'h w']:
    """Label the pixels whose class activation maps are sure (IRN, Sec. 4).

    A pixel is an object where it beats a high background score, and it is
    background where it does not even beat a low one, each after a refinement.

    Args:
        image: RGB image, uint8, (H, W, 3).
        cam: Maps of the image's classes, each with a maximum of 1, (K, H, W).
        class_ids: Their class indices from 0, (K, ).
        fg_threshold: Background score that objects have to beat.
        bg_threshold: Background score that background stays below.
        ignore_index: Label of the pixels in between.
        refine: Lets the maps follow the image's colours, such as a
            :class:`comnet.models.refiners.Refiner`.

    Returns:
        Labels, uint8, (H, W): 0 is background, class index + 1 an object.

    Raises:
        ValueError: The arrays do not fit together.
        InputError: The background threshold is above the other.
    """
    if cam.ndim != 3 or len(cam) != len(class_ids):
        raise ValueError(
            f'cam {cam.shape} for {len(class_ids)} classes: give one map a '
            'class, (K, H, W)')
    if not bg_threshold <= fg_threshold:
        raise InputError(
            f'bg_threshold {bg_threshold} is above fg_threshold '
            f'{fg_threshold}: a pixel would be both; give a lower one')
    weights = np.stack([add_background(cam, threshold)
                        for threshold in (fg_threshold, bg_threshold)])
    if refine is not None:
        weights = refine(image, weights)
    sure_foreground, maybe_foreground = weights.argmax(1)
    label_ids = np.append(0, np.asarray(class_ids, dtype=np.int64) + 1)
    labels = label_ids[sure_foreground]
    labels[sure_foreground == 0] = ignore_index
    labels[(sure_foreground == 0) & (maybe_foreground == 0)] = 0
    return labels.astype(np.uint8)
