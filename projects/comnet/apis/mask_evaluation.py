# Copyright (c) COMNet contributors. All rights reserved.
"""Evaluation of the masks of the images of a list."""

from pathlib import Path

from ..datasets.voc_folder import read_classes, read_split
from ..evaluation import mask_iou


def evaluate_masks(mask_dir: str | Path, data_root: str | Path,
                   image_list: str) -> dict:
    """Compare masks with the true ones, in so far as there are any.

    Args:
        mask_dir: Folder of the masks, ``ID.png``.
        data_root: Folder in VOC layout.
        image_list: List of image ids, relative to ``data_root``.

    Returns:
        mIoU in per cent, num_images and IoU (a class); num_images alone, 0,
        where there is no true mask.

    Raises:
        InputError: A mask is missing or does not fit.
    """
    return mask_iou(mask_dir, Path(data_root) / 'SegmentationClass',
                    read_split(data_root, image_list),
                    read_classes(data_root))
