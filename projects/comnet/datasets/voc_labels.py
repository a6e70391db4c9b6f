# Copyright (c) COMNet contributors. All rights reserved.
"""Images and their image-level labels."""

from collections.abc import Sequence
from pathlib import Path

from mmpretrain.datasets import VOC
from mmpretrain.registry import DATASETS

from .image_labels import ANNOTATIONS, read_labels
from .picture_files import files_of, find_pictures
from .voc_folder import read_classes, read_split


@DATASETS.register_module()
class VOCLabelDataset(VOC):
    """Images with image-level labels, from any folder in VOC layout.

    Beside :class:`mmpretrain.datasets.VOC` it takes the classes from the
    folder's ``classes.txt``, checks that every file of the split is there,
    reads pictures of any suffix and labels from anywhere, and names the true
    mask of an image where there is one, for evaluation.

    Args:
        data_root: Folder in VOC layout, see
            ``datasets/voc_folder.py``.
        image_set_path: List of image ids, relative to ``data_root``.
        labels: Where the labels stand, relative to ``data_root`` or
            absolute, see :mod:`comnet.datasets.image_labels`.
        seg_map_dir: Folder of the true masks, relative to ``data_root``.
        pipeline: Transforms.
        indices: Use a part of the images.
        test_mode: Whether this is a test set.
        lazy_init: Whether to read the labels later on.

    Raises:
        InputError: A file of the split is missing or no good.
    """

    def __init__(self,
                 data_root: str,
                 image_set_path: str = 'ImageSets/Segmentation/train.txt',
                 labels: str = ANNOTATIONS,
                 seg_map_dir: str = 'SegmentationClass',
                 pipeline: Sequence[dict] = (),
                 indices: int | Sequence[int] | None = None,
                 test_mode: bool = False,
                 lazy_init: bool = False) -> None:
        self.labels = labels
        self.seg_map_dir = Path(data_root) / seg_map_dir
        super().__init__(
            data_root=data_root, split='', image_set_path=image_set_path,
            metainfo=dict(classes=read_classes(data_root)), pipeline=pipeline,
            indices=indices, test_mode=test_mode, lazy_init=lazy_init)

    def load_data_list(self) -> list[dict]:
        """Read the split and the labels of its images.

        Returns:
            A dict an image: img_id, img_path, gt_label (indices of its
            classes) and, where the file exists, seg_map_path.
        """
        ids = read_split('', self.image_set_path)
        pictures = find_pictures(self.img_prefix, ids)
        masks = files_of(self.seg_map_dir, ids, '.png')
        labels = read_labels(self.data_root, ids, self.CLASSES, self.labels)
        data_list = []
        for image_id, gt_label in zip(ids, labels, strict=True):
            info = dict(img_id=image_id, img_path=str(pictures[image_id]),
                        gt_label=gt_label)
            if image_id in masks:
                info['seg_map_path'] = str(masks[image_id])
            data_list.append(info)
        return data_list
