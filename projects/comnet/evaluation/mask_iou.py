# Copyright (c) COMNet contributors. All rights reserved.
"""Evaluation of masks, of a folder or of one picture."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ..datasets.picture_files import MASK_DIR
from ..datasets.voc_folder import (
    IGNORE_INDEX,
    check_mask,
    load_mask,
    read_classes,
    read_split,
)
from .threshold_sweep import sweep_iou


def evaluate_masks(data_root: str | Path, image_list: str,
                   mask_dir: str | Path) -> dict:
    """Compare masks with the true ones, in so far as there are any.

    The arguments are those of :func:`evaluate_cams`, but that the folder is
    of ``ID.png``; the rest is that of :func:`mask_iou`.
    """
    return mask_iou(mask_dir, Path(data_root) / MASK_DIR,
                    read_split(data_root, image_list),
                    read_classes(data_root))


def mask_iou(mask_dir: str | Path, truth_dir: str | Path, ids: Sequence[str],
             classes: Sequence[str]) -> dict:
    """Compare masks with the true ones.

    Args:
        mask_dir: Folder of ID.png.
        truth_dir: Folder of the true ID.png; images without one are left
            out.
        ids: Image ids.
        classes: Names, without background.

    Returns:
        dict: mIoU in per cent, num_images and IoU (a class, None where the
        class is nowhere); only num_images, 0, where there is no truth at all.

    Raises:
        InputError: A mask is missing or of another size than the truth, or
            one of the two holds a label outside of the classes.
    """
    num_labels = len(classes) + 1
    areas = np.zeros((3, num_labels), dtype=np.int64)
    num_images = 0
    for image_id in ids:
        truth_path = Path(truth_dir) / f'{image_id}.png'
        if not truth_path.is_file():
            continue
        mask_path = Path(mask_dir) / f'{image_id}.png'
        mask, truth = load_mask(mask_path), load_mask(truth_path)  # (H, W)
        for path, labels in ((mask_path, mask), (truth_path, truth)):
            check_mask(path, labels, truth.shape, num_labels)
        areas += _count(mask, truth, num_labels)
        num_images += 1
    if num_images == 0:
        return dict(num_images=0)
    iou = sweep_iou(areas)  # NaN for a label that is nowhere
    return dict(
        mIoU=round(float(np.nanmean(iou)), 2),
        num_images=num_images,
        IoU={name: None if np.isnan(value) else round(float(value), 2)
             for name, value in zip(
                 ('background', *classes), iou, strict=True)})


def picture_iou(mask: np.ndarray, truth: np.ndarray,
                num_labels: int) -> float:
    """Return the mean IoU of one image over the labels in it, in per cent.

    Args:
        mask: Labels found, shape (H, W); 255 is none of them.
        truth: True labels, shape (H, W); 255 is left out.
        num_labels: Number of classes with background.

    Returns:
        The mean over what is found or true; NaN where the truth is 255 alone.
    """
    iou = sweep_iou(_count(mask, truth, num_labels))
    present = iou[~np.isnan(iou)]
    return float(present.mean()) if present.size else float('nan')


def _count(mask: np.ndarray, truth: np.ndarray,
           num_labels: int) -> np.ndarray:
    """Count intersection, prediction and truth of each label, (3, L)."""
    valid = truth != IGNORE_INDEX
    mask, truth = mask[valid], truth[valid]  # (P,)
    return np.stack([
        np.bincount(labels, minlength=num_labels)
        for labels in (truth[mask == truth], mask[mask != IGNORE_INDEX],
                       truth)])
