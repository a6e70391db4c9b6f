# Copyright (c) COMNet contributors. All rights reserved.
"""Evaluation of the CAMs of the images of a list."""

from pathlib import Path

from ..datasets.voc_folder import read_classes, read_split
from ..evaluation import CAMMetric


def evaluate_cams(cam_dir: str | Path, data_root: str | Path,
                  image_list: str) -> dict:
    """Compare CAMs with the true masks, in so far as there are any.

    Args:
        cam_dir: Folder of the CAMs, ``ID.npz``.
        data_root: Folder in VOC layout.
        image_list: List of image ids, relative to ``data_root``.

    Returns:
        What :class:`CAMMetric` measures.

    Raises:
        InputError: A file is missing or no good.
    """
    metric = CAMMetric()
    metric.dataset_meta = dict(classes=read_classes(data_root))
    ids = read_split(data_root, image_list)
    for image_id in ids:
        sample = dict(cam_path=str(Path(cam_dir) / f'{image_id}.npz'))
        truth = Path(data_root) / 'SegmentationClass' / f'{image_id}.png'
        if truth.is_file():
            sample['seg_map_path'] = str(truth)
        metric.process({}, [sample])
    return metric.evaluate(len(ids))
