# Copyright (c) COMNet contributors. All rights reserved.
"""A mask that somebody has drawn takes the place of a made one."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from helpers.tiny import METHOD, TRAIN_IDS, cams_of, labels_of, masks_of
from mmseg.registry import DATASETS

from comnet.datasets.voc_folder import load_mask, save_mask
from comnet.pipeline import read_methods
from comnet.utils import InputError

OPTIONS = {'corrected_dir': 'corrected', 'segmentor.start': None}


@pytest.fixture
def root(demo_root: Path, tmp_path: Path) -> Path:
    """Return data with a corrected mask, of another image's class."""
    shutil.copytree(demo_root, tmp_path / 'data')
    drawn = np.zeros((72, 96), np.uint8)
    drawn[10:30, 20:70], drawn[40:, :] = 5, 255
    save_mask(tmp_path / f'data/corrected/{TRAIN_IDS[3]}.png', drawn)
    return tmp_path / 'data'


def test_it_is_the_label_and_what_the_segmentor_learns_from(
        root: Path, whole_way: Path, tiny_configs: Path, tmp_path: Path,
        ) -> None:
    """Which steps are stale then is told in test_plan."""
    method = read_methods(tiny_configs / 'pipeline.py', dict(
        **OPTIONS, data_root=str(root)), tmp_path)[METHOD]
    for folder in (cams_of, masks_of):
        shutil.copytree(folder(whole_way), folder(tmp_path))
    method.built['affinity'].run(workers=1)
    drawn = load_mask(root / f'corrected/{TRAIN_IDS[3]}.png')
    for index, image_id in enumerate(TRAIN_IDS):
        np.testing.assert_array_equal(
            load_mask(labels_of(tmp_path) / f'{image_id}.png'),
            drawn if index == 3 else load_mask(
                labels_of(whole_way) / f'{image_id}.png'))
    segmentor = method.built['segmentor']
    segmentor.check()
    with segmentor.scope():
        dataset = DATASETS.build(segmentor.cfg.train_dataloader.dataset)
    paths = [dataset.get_data_info(index)['seg_map_path']
             for index in range(len(dataset))]
    assert paths == [
        str(root / 'corrected' / f'{image_id}.png') if index == 3 else
        str(masks_of(tmp_path) / f'{image_id}.png')
        for index, image_id in enumerate(TRAIN_IDS)]


def test_another_drawing_is_noticed(
        root: Path, tiny_configs: Path, tmp_path: Path) -> None:
    step = read_methods(tiny_configs / 'pipeline.py', dict(
        **OPTIONS, data_root=str(root)),
        tmp_path)[METHOD].built['segmentor']
    first = step.cfg.train_dataloader.dataset
    masks = tmp_path / 'masks'
    for image_id in TRAIN_IDS:
        save_mask(masks / f'{image_id}.png', np.ones((72, 96)))
    first.seg_map_dir = str(masks)
    before = step.inputs()
    save_mask(root / f'corrected/{TRAIN_IDS[3]}.png', np.ones((72, 96)))
    after = step.inputs()
    assert {key for key in after if after[key] != before[key]} == {'corrected'}


@pytest.mark.parametrize(('folder', 'problem'), [
    ('nowhere', 'nowhere: no such folder of corrected masks'),
    ('JPEGImages', 'JPEGImages: no corrected mask of the 12 images'),
    ('small', 'small/train_00003.png: 9 x 9 pixels, its image has 96 x 72'),
    ('other', 'other/train_00003.png: label 99, but there are 6 classes')])
@pytest.mark.parametrize('step', ['affinity', 'segmentor'])
def test_what_does_not_fit_is_told_before_any_step(
        root: Path, tiny_configs: Path, tmp_path: Path, folder: str,
        problem: str, step: str) -> None:
    save_mask(root / 'small/train_00003.png', np.ones((9, 9)))
    save_mask(root / 'other/train_00003.png', np.full((72, 96), 99))
    method = read_methods(tiny_configs / 'pipeline.py', dict(
        data_root=str(root), corrected_dir=folder), tmp_path)[METHOD]
    with pytest.raises(InputError, match=problem):
        method.built[step].check()
