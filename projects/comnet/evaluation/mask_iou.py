# Copyright (c) COMNet contributors. All rights reserved.
"""Evaluation of a folder of masks."""

from collections.abc import Sequence
from pathlib import Path

import torch
from mmseg.evaluation import IoUMetric

from ..datasets.voc_folder import IGNORE_INDEX, load_mask
from ..utils import InputError


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
        class is nowhere); only num_images,
        0, where there is no truth at all.

    Raises:
        InputError: A mask is missing, or of another size than the truth.
    """
    num_labels = len(classes) + 1
    areas = torch.zeros(4, num_labels)
    num_images = 0
    for image_id in ids:
        truth_path = Path(truth_dir) / f'{image_id}.png'
        if not truth_path.is_file():
            continue
        mask_path = Path(mask_dir) / f'{image_id}.png'
        mask = torch.from_numpy(load_mask(mask_path))  # (H, W)
        truth = torch.from_numpy(load_mask(truth_path))  # (H, W)
        if mask.shape != truth.shape:
            raise InputError(f'{mask_path}: another size than {truth_path}; '
                             'make the mask anew')
        areas += torch.stack(
            IoUMetric.intersect_and_union(mask, truth, num_labels,
                                          IGNORE_INDEX))
        num_images += 1
    if num_images == 0:
        return dict(num_images=0)
    inter, union = areas[:2].double()
    iou = 100 * inter / union  # NaN for a label that is nowhere
    return dict(
        mIoU=round(float(iou.nanmean()), 2),
        num_images=num_images,
        IoU={name: None if value.isnan() else round(float(value), 2)
             for name, value in zip(
                 ('background', *classes), iou, strict=True)})
