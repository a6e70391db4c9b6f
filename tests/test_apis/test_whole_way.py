# Copyright (c) COMNet contributors. All rights reserved.
"""From labels to a segmentor in one Python process."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from helpers.tiny import (
    METHOD,
    SPLIT,
    TRAIN_IDS,
    cams_of,
    checkpoint_of,
    labels_of,
    masks_of,
    predictions_of,
)
from mmengine.registry import DefaultScope

from comnet import apis
from comnet.datasets.cam_file import CAMFile
from comnet.datasets.voc_folder import load_mask
from comnet.utils.record import Record


def record_of(folder: Path) -> Record:
    record = Record.read(folder)
    assert record is not None
    assert record.finished
    return record


def test_every_training_image_has_cams(whole_way: Path) -> None:
    folder = cams_of(whole_way)
    for image_id in TRAIN_IDS:
        file = CAMFile.load(folder / f'{image_id}.npz')
        assert file.size == (72, 96)
        assert file.cam.shape == (len(file.keys), 18, 24)
    results = record_of(folder).results
    assert 0 < results['cam/mIoU'] < 100
    assert results['cam/num_images'] == 12


@pytest.mark.parametrize('folder_of, labels', [
    (labels_of, {*range(6), 255}), (masks_of, {*range(6)}),
    (predictions_of, {*range(6)})])
def test_every_image_has_a_mask(
        whole_way: Path, folder_of: Callable[[Path], Path],
        labels: set[int]) -> None:
    folder = folder_of(whole_way)
    ids = ([f'val_{idx:05d}' for idx in range(4)]
           if folder_of is predictions_of else TRAIN_IDS)
    files = sorted(folder.glob('*.png'))
    assert [path.stem for path in files] == ids
    for path in files:
        mask = load_mask(path)
        assert mask.shape == (72, 96)
        assert set(np.unique(mask)) <= labels


def test_written_masks_are_the_evaluated_ones(
        whole_way: Path, demo_root: Path) -> None:
    results = record_of(whole_way / METHOD / 'evaluation').results
    metrics = apis.evaluate_masks(
        demo_root, SPLIT.format('val'), predictions_of(whole_way))
    assert results['num_images'] == metrics['num_images'] == 4
    assert results['mIoU'] == pytest.approx(metrics['mIoU'], abs=0.02)


def test_segmented_images_are_those_of_the_evaluation(
        whole_way: Path, tiny_configs: Path, demo_root: Path,
        tmp_path: Path) -> None:
    with DefaultScope.overwrite_default_scope('mmengine'):
        masks = list(apis.segment_images(
            tiny_configs / 'segmentor.py',
            checkpoint_of(whole_way, 'segmentor'),
            [demo_root / f'JPEGImages/val_{idx:05d}.jpg' for idx in range(4)],
            out_dir=tmp_path, options=dict(data_root=str(demo_root))))
    for idx, mask in enumerate(masks):
        path = predictions_of(whole_way) / f'val_{idx:05d}.png'
        assert (mask == load_mask(path)).all()
        assert (mask == load_mask(tmp_path / path.name)).all()
