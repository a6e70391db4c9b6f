# Copyright (c) COMNet contributors. All rights reserved.
"""Images with image-level labels, and their true masks where there are any."""

import shutil
from pathlib import Path

import pytest
from mmpretrain.datasets import VOC
from mmpretrain.registry import DATASETS

from comnet.utils import InputError


def build(root: Path, **settings):
    return DATASETS.build(dict(
        type='VOCLabelDataset', data_root=str(root), **settings))


def test_labels_are_those_of_mmpretrain(demo_root: Path) -> None:
    dataset = build(demo_root)
    classes = (demo_root / 'classes.txt').read_text().split()
    reference = VOC(
        data_root=str(demo_root), split='train',
        image_set_path='ImageSets/Segmentation/train.txt',
        metainfo=dict(classes=classes))
    assert dataset.CLASSES == tuple(classes)
    assert len(dataset) == len(reference) == 12
    for idx in range(12):
        ours, theirs = dataset.get_data_info(idx), reference.get_data_info(idx)
        assert ours['gt_label'] == sorted(theirs['gt_label'])
        assert Path(ours['img_path']) == Path(theirs['img_path'])
        assert ours['img_id'] == Path(theirs['img_path']).stem


def test_true_mask_is_named_where_there_is_one(
        demo_root: Path, tmp_path: Path) -> None:
    root = Path(shutil.copytree(demo_root, tmp_path / 'demo'))
    missing = root / 'SegmentationClass/train_00001.png'
    missing.unlink()
    paths = [info.get('seg_map_path')
             for info in map(build(root).get_data_info, range(12))]
    assert paths[0] == str(missing.with_name('train_00000.png'))
    assert [idx for idx, path in enumerate(paths) if path is None] == [1]


def test_missing_file_is_found_before_training(
        demo_root: Path, tmp_path: Path) -> None:
    root = Path(shutil.copytree(demo_root, tmp_path / 'demo'))
    (root / 'JPEGImages/train_00011.jpg').unlink()
    with pytest.raises(InputError, match='train_00011.jpg: no such image'):
        build(root)
