# Copyright (c) COMNet contributors. All rights reserved.
"""IoU of maps at many background thresholds, from one count of pixels."""

import numpy as np

from ..datasets.voc_folder import IGNORE_INDEX


def sweep_areas(truth: np.ndarray, class_ids: np.ndarray, maps: np.ndarray,
                thresholds: np.ndarray, num_labels: int) -> np.ndarray:
    """Count intersection, prediction and truth of each label in an image.

    A pixel is the class with the highest map if that exceeds the threshold,
    else background.

    Args:
        truth: True labels, shape (H, W); 255 is left out.
        class_ids: The K classes of the image from 0, shape (K,).
        maps: Their maps, shape (K, H, W).
        thresholds: Ascending, shape (T,).
        num_labels: L, the number of classes with background.

    Returns:
        Numbers of pixels, shape (3, L, T), int64.
    """
    if not len(class_ids):  # background, however low the threshold is
        class_ids, maps = np.zeros(1, np.int64), np.zeros((1, *truth.shape))
    valid = truth != IGNORE_INDEX  # (H, W)
    truth = truth[valid].astype(np.int64)  # (P,)
    label = class_ids[maps.argmax(axis=0)][valid] + 1  # (P,)
    # number of thresholds a pixel exceeds
    level = np.searchsorted(thresholds, maps.max(axis=0)[valid])
    areas = np.zeros((3, num_labels, len(thresholds)), dtype=np.int64)
    right, empty = label == truth, truth == 0
    areas[0] = _above(label[right], level[right], areas.shape[1:])
    areas[1] = _above(label, level, areas.shape[1:])
    areas[2] = np.bincount(truth, minlength=num_labels)[:, None]
    # what does not exceed a threshold is background there
    areas[0, 0] = empty.sum() - _above(
        truth[empty], level[empty], areas.shape[1:])[0]
    areas[1, 0] = truth.size - areas[1].sum(axis=0)
    return areas


def _above(label: np.ndarray, level: np.ndarray,
           shape: tuple[int, int]) -> np.ndarray:
    """Count the pixels of each label above each threshold, (L, T)."""
    num_labels, levels = shape[0], shape[1] + 1
    count = np.bincount(label * levels + level, minlength=num_labels * levels)
    count = count.reshape(num_labels, levels)
    return count[:, ::-1].cumsum(axis=1)[:, ::-1][:, 1:]


def sweep_iou(areas: np.ndarray) -> np.ndarray:
    """Turn areas (3, …), summed over images, into IoU (…) in per cent.

    A label that is nowhere, neither found nor true, gets NaN.
    """
    inter, pred, truth = areas
    union = pred + truth - inter
    with np.errstate(invalid='ignore'):
        return 100 * inter / np.where(union > 0, union, np.nan)
