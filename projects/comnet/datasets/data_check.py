# Copyright (c) COMNet contributors. All rights reserved.
"""A check of a whole data set before anything is trained on it."""

from pathlib import Path

from ..utils import InputError
from ..utils.parallel import default_workers
from .check_lists import check_lists
from .check_pixels import check_pixels
from .data_report import DataReport
from .image_labels import ANNOTATIONS, LABELS_FILE


def check_data(data_root: str | Path,
               train_list: str = 'ImageSets/Segmentation/train.txt',
               val_list: str | None = 'ImageSets/Segmentation/val.txt',
               labels: str | None = None,
               pixels: bool = True,
               workers: int | None = None) -> DataReport:
    """Read everything of a data set and tell all that is wrong with it.

    Without pixels it takes seconds for ten thousand images: lists, labels,
    classes, and which files there are.

    Args:
        data_root: Folder in VOC layout.
        train_list: List of the training images, relative to ``data_root``.
        val_list: That of the validation images; None where there is none.
        labels: Where the labels stand, see
            :mod:`comnet.datasets.image_labels`; by default ``labels.csv``
            where there is one, else ``Annotations``.
        pixels: Whether to decode pictures and masks.
        workers: Processes, by default one a core.

    Returns:
        The findings and a summary.

    Raises:
        InputError: There is no such folder.
    """
    root = Path(data_root)
    if not root.is_dir():
        raise InputError(f'{root}: no such folder; name a folder in VOC '
                         'layout')
    if labels is None:
        labels = (LABELS_FILE if (root / LABELS_FILE).is_file()
                  else ANNOTATIONS)
    lists = dict(train=train_list, val=val_list)
    report = DataReport()
    listed = check_lists(
        root, {name: path for name, path in lists.items() if path is not None},
        labels, report)
    if pixels:
        check_pixels(listed, workers or default_workers(), report)
    return report
