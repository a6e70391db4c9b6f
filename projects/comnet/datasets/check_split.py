# Copyright (c) COMNet contributors. All rights reserved.
"""A check of all files of a split, before anything is trained on them."""

from pathlib import Path

from ..utils.progress import track
from .voc_folder import (
    load_image,
    load_mask,
    read_classes,
    read_image_labels,
    read_split,
    require_files,
)


def check_split(data_root: str | Path,
                image_set_path: str,
                masks: bool = False) -> None:
    """Read every file of a split once.

    A corrupt file is better found now than after hours of training.

    Args:
        data_root: Folder in VOC layout.
        image_set_path: List of image ids, relative to ``data_root``.
        masks: Whether to check the true masks, not the annotations.

    Raises:
        InputError: The first file that is missing or no good.
    """
    classes = read_classes(data_root)
    root = Path(data_root)
    ids = read_split(root, image_set_path)
    require_files(root / 'JPEGImages', ids, '.jpg', 'image')
    if masks:
        require_files(root / 'SegmentationClass', ids, '.png', 'mask')
    else:
        require_files(root / 'Annotations', ids, '.xml', 'annotation')
    for image_id in track(ids, len(ids)):
        load_image(root / 'JPEGImages' / f'{image_id}.jpg')
        if masks:
            load_mask(root / 'SegmentationClass' / f'{image_id}.png')
        else:
            read_image_labels(root / 'Annotations' / f'{image_id}.xml',
                              classes)
