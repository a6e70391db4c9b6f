# Copyright (c) COMNet contributors. All rights reserved.
"""Images and their masks."""

from collections.abc import Sequence

from mmseg.datasets import BaseSegDataset
from mmseg.registry import DATASETS

from .corrected_masks import corrected_masks
from .picture_files import IMAGE_DIR, files_of, find_pictures
from .voc_folder import read_classes, read_split, require_files, voc_palette


@DATASETS.register_module()
class VOCSegmentationDataset(BaseSegDataset):
    """Images with masks, from any folder in VOC layout.

    Beside :class:`mmseg.datasets.PascalVOCDataset` it takes the classes from
    the folder's ``classes.txt``, and the masks may lie elsewhere: affinity
    labels and pseudo masks are folders of PNGs too. A test set may lack some
    of the masks, or all.

    Args:
        data_root: Folder in VOC layout, see
            ``datasets/voc_folder.py``.
        image_set_path: List of image ids, relative to ``data_root``.
        seg_map_dir: Folder of the masks, relative to ``data_root`` or
            absolute; None where only images are needed.
        corrected_dir: Folder of masks that take their place, of as many
            images as there are, relative to ``data_root`` or absolute.
        pipeline, indices, test_mode, lazy_init: See :class:`VOCLabelDataset`.

    Raises:
        InputError: A file of the split is missing or no good.
    """

    def __init__(self,
                 data_root: str,
                 image_set_path: str = 'ImageSets/Segmentation/train.txt',
                 seg_map_dir: str | None = 'SegmentationClass',
                 corrected_dir: str | None = None,
                 pipeline: Sequence[dict] = (),
                 indices: int | Sequence[int] | None = None,
                 test_mode: bool = False,
                 lazy_init: bool = False) -> None:
        self.corrected_dir = corrected_dir
        classes = ('background', *read_classes(data_root))
        data_prefix = dict(img_path=IMAGE_DIR)
        if seg_map_dir is not None:
            data_prefix['seg_map_path'] = seg_map_dir
        super().__init__(
            ann_file=image_set_path,
            metainfo=dict(classes=classes, palette=voc_palette(len(classes))),
            data_root=data_root, data_prefix=data_prefix, indices=indices,
            pipeline=pipeline, test_mode=test_mode, lazy_init=lazy_init)
        # where mmseg's tools look for the classes
        self.METAINFO = {**self.metainfo}

    def load_data_list(self) -> list[dict]:
        """Read the split.

        Returns:
            A dict an image: img_id, img_path, and what loading a mask takes:
            seg_map_path where there is a mask, num_classes,
            reduce_zero_label, seg_fields.
        """
        ids = read_split('', self.ann_file)
        image_dir = self.data_prefix['img_path']
        mask_dir = self.data_prefix.get('seg_map_path')
        pictures = find_pictures(image_dir, ids)
        if mask_dir is not None and not self.test_mode:
            require_files(mask_dir, ids, '.png', 'mask')
        masks = {} if mask_dir is None else files_of(mask_dir, ids, '.png')
        masks |= corrected_masks(self.data_root, self.corrected_dir, ids)
        data_list = []
        for image_id in ids:
            info = dict(
                img_id=image_id,
                img_path=str(pictures[image_id]),
                num_classes=len(self.metainfo['classes']),
                reduce_zero_label=False,
                seg_fields=[])
            if image_id in masks:
                info['seg_map_path'] = str(masks[image_id])
            data_list.append(info)
        return data_list
