# Copyright (c) COMNet contributors. All rights reserved.
"""Images with masks, the latter from any folder."""

from pathlib import Path

import numpy as np
import pytest
import torch
from mmseg.datasets import BaseSegDataset, PascalVOCDataset
from mmseg.registry import DATASETS

from comnet.datasets.voc_folder import load_mask, save_mask
from comnet.utils import InputError

PIPELINE = [
    dict(type='LoadVOCImage'),
    dict(type='LoadVOCMask'),
    dict(type='mmseg.PackSegInputs'),
]


def build(root: Path, **settings) -> BaseSegDataset:
    return DATASETS.build(dict(
        type='VOCSegmentationDataset', data_root=str(root), **settings))


def test_classes_and_colours(demo_root: Path) -> None:
    dataset = build(demo_root)
    assert dataset.metainfo['classes'] == (
        'background', 'fish', 'house', 'mushroom', 'beetle', 'kite')
    assert dataset.metainfo['palette'] == (
        PascalVOCDataset.METAINFO['palette'][:6])


def test_item_is_image_and_mask(demo_root: Path) -> None:
    dataset = build(demo_root, pipeline=PIPELINE)
    assert len(dataset) == 12
    item = dataset[3]
    assert item['inputs'].shape == (3, 72, 96)
    mask = load_mask(demo_root / 'SegmentationClass/train_00003.png')
    truth = item['data_samples'].gt_sem_seg.data
    assert torch.equal(truth, torch.from_numpy(mask).long()[None])


def test_masks_of_another_folder(demo_root: Path, tmp_path: Path) -> None:
    for idx in range(12):
        save_mask(tmp_path / f'train_{idx:05d}.png',
                  np.full((72, 96), idx % 6, np.uint8))
    dataset = build(
        demo_root, pipeline=PIPELINE, seg_map_dir=str(tmp_path))
    for idx in range(12):
        truth = dataset[idx]['data_samples'].gt_sem_seg.data
        assert (truth == idx % 6).all()


def test_images_alone(demo_root: Path) -> None:
    dataset = build(demo_root, seg_map_dir=None, indices=5)
    assert len(dataset) == 5
    info = dataset.get_data_info(4)
    assert 'seg_map_path' not in info
    assert info['img_id'] == 'train_00004'


def test_split_of_choice(demo_root: Path) -> None:
    dataset = build(
        demo_root, image_set_path='ImageSets/Segmentation/val.txt')
    assert [dataset.get_data_info(idx)['img_id'] for idx in range(4)] == [
        f'val_{idx:05d}' for idx in range(4)]


def test_test_set_may_lack_masks(demo_root: Path, tmp_path: Path) -> None:
    save_mask(tmp_path / 'val_00001.png', np.zeros((72, 96)))
    dataset = build(
        demo_root, image_set_path='ImageSets/Segmentation/val.txt',
        pipeline=PIPELINE, seg_map_dir=str(tmp_path), test_mode=True)
    assert ['gt_sem_seg' in dataset[idx]['data_samples'] for idx in range(4)
            ] == [False, True, False, False]


def test_missing_mask_is_found_before_training(
        demo_root: Path, tmp_path: Path) -> None:
    save_mask(tmp_path / 'train_00000.png', np.zeros((72, 96)))
    with pytest.raises(InputError, match='train_00001.png: no such mask'):
        build(demo_root, seg_map_dir=str(tmp_path))
