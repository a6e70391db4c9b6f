# Copyright (c) COMNet contributors. All rights reserved.
"""From labels to a segmentor in one Python process."""

from pathlib import Path

import numpy as np
import pytest
import torch
from mmengine.registry import DefaultScope
from tiny import METHOD, SPLIT, TRAIN_IDS

from comnet import apis
from comnet.datasets.cam_file import CAMFile
from comnet.datasets.identity import folder_identity
from comnet.datasets.voc_folder import load_mask
from comnet.pipeline import Workspace
from comnet.utils.record import Record


def record_of(folder: Path) -> Record:
    record = Record.read(folder)
    assert record is not None
    assert record.finished
    return record


def test_every_training_image_has_cams(whole_way: Path) -> None:
    folder = Workspace(whole_way).cams(METHOD)
    for image_id in TRAIN_IDS:
        file = CAMFile.load(folder / f'{image_id}.npz')
        assert file.size == (72, 96)
        assert file.cam.shape == (len(file.keys), 18, 24)
    results = record_of(folder).results
    assert 0 < results['cam/mIoU'] < 100
    assert results['cam/num_images'] == 12


@pytest.mark.parametrize('stage, labels', [
    ('affinity_labels', {*range(6), 255}), ('pseudo_masks', {*range(6)}),
    ('predicted_masks', {*range(6)})])
def test_every_image_has_a_mask(whole_way: Path, stage: str,
                                labels: set[int]) -> None:
    folder = getattr(Workspace(whole_way), stage)(METHOD)
    ids = ([f'val_{idx:05d}' for idx in range(4)]
           if stage == 'predicted_masks' else TRAIN_IDS)
    files = sorted(folder.glob('*.png'))
    assert [path.stem for path in files] == ids
    for path in files:
        mask = load_mask(path)
        assert mask.shape == (72, 96)
        assert set(np.unique(mask)) <= labels


def test_written_masks_are_the_evaluated_ones(
        whole_way: Path, demo_root: Path) -> None:
    work = Workspace(whole_way)
    results = record_of(work.stage(METHOD, 'evaluation')).results
    metrics = apis.evaluate_masks(
        work.predicted_masks(METHOD), demo_root, SPLIT.format('val'))
    assert results['num_images'] == metrics['num_images'] == 4
    assert results['mIoU'] == pytest.approx(metrics['mIoU'], abs=0.02)


def test_segmented_images_are_those_of_the_evaluation(
        whole_way: Path, tiny_configs: Path, demo_root: Path,
        tmp_path: Path) -> None:
    work = Workspace(whole_way)
    with DefaultScope.overwrite_default_scope('mmengine'):
        masks = list(apis.segment_images(
            tiny_configs / 'segmentor.py',
            work.checkpoint(METHOD, 'segmentor'),
            [demo_root / f'JPEGImages/val_{idx:05d}.jpg' for idx in range(4)],
            out_dir=tmp_path, options=dict(data_root=str(demo_root))))
    for idx, mask in enumerate(masks):
        path = work.predicted_masks(METHOD) / f'val_{idx:05d}.png'
        assert (mask == load_mask(path)).all()
        assert (mask == load_mask(tmp_path / path.name)).all()


def test_what_is_written_is_not_made_again(
        whole_way: Path, tiny_configs: Path, demo_root: Path) -> None:
    work = Workspace(whole_way)
    cams = work.cams(METHOD)

    def times() -> dict[Path, int]:
        return {path: path.stat().st_mtime_ns for path in cams.iterdir()}

    before = times()
    results = apis.write_cams(
        tiny_configs / 'classifier.py', work.checkpoint(METHOD, 'classifier'),
        cams, dict(data_root=str(demo_root), pretrained=None))
    assert results == record_of(cams).results
    assert times() == before


def test_true_masks_train_the_upper_bound(
        tiny_configs: Path, demo_root: Path, tmp_path: Path) -> None:
    folder = 'SegmentationClass'
    apis.train(
        tiny_configs / 'segmentor.py', tmp_path,
        {'data_root': str(demo_root), 'pretrained': None,
         'train_dataloader.dataset.seg_map_dir': folder}, validate=False)
    assert record_of(tmp_path).inputs['labels'] == folder_identity(
        demo_root / folder, TRAIN_IDS, '.png')


def test_mixed_precision_needs_no_gpu(
        tiny_configs: Path, demo_root: Path, tmp_path: Path) -> None:
    apis.train(
        tiny_configs / 'classifier.py', tmp_path,
        dict(data_root=str(demo_root), pretrained=None), amp=True,
        validate=False)
    wrapper = record_of(tmp_path).settings['optim_wrapper']['type']
    assert wrapper == ('AmpOptimWrapper' if torch.cuda.is_available() else
                       'BF16OptimWrapper')
