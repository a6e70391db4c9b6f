# Copyright (c) COMNet contributors. All rights reserved.
"""Masks of walked CAMs, against the IRNet run by hand."""

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from helpers.tiny import TINY, TRAIN_IDS

from comnet.datasets.cam_file import CAMFile
from comnet.datasets.voc_folder import load_mask
from comnet.ops import walk_scores
from comnet.registry import STEPS
from comnet.steps import WalkedMasks, predict_boundaries
from comnet.utils import InputError
from comnet.utils.record import Record

LABELS = np.array([0, 1, 4])  # of classes 0 and 3


@pytest.fixture
def step(demo_root: Path, irnet_work: Path, tmp_path: Path) -> WalkedMasks:
    return WalkedMasks(
        TINY / 'irnet_tiny.py', irnet_work / 'irnet.pth', irnet_work / 'cam',
        tmp_path / 'masks', {'data_root': str(demo_root),
                             'predict_dataloader.num_workers': 0},
        radius=4, beta=8, num_steps=16, bg_threshold=0.3, refine=None)


def test_what_is_not_set_is_as_in_irn() -> None:
    step = WalkedMasks('c', 'w', 'cams', 'out')
    assert {name: getattr(step, name) for name in step.setting_names()} == (
        dict(radius=5, beta=10, num_steps=256, normalize='maximum',
             bg_threshold=0.25, refine='DenseCRF'))


@pytest.mark.parametrize('normalize', ['maximum', 'mean'])
def test_masks_are_those_of_the_walk(step: WalkedMasks, irnet_work: Path,
                                     normalize: str) -> None:
    step = replace(step, normalize=normalize)
    step.run(workers=1)
    samples = predict_boundaries(step.cfg, step.weights, step.cam_dir, [0, 7])
    for image_id, (sample, cam) in zip(
            (TRAIN_IDS[0], TRAIN_IDS[7]), samples, strict=True):
        scores = walk_scores(
            torch.from_numpy(cam.cam), sample.boundary.data[0], (72, 96),
            4, 8, 16, normalize).numpy()
        stacked = np.concatenate([np.full((1, 72, 96), 0.3), scores])
        mask = load_mask(step.path(image_id))
        assert {*np.unique(mask)} == {*LABELS}
        assert (mask != LABELS[stacked.argmax(0)]).mean() < 1e-3


def test_walk_of_no_step_leaves_the_cams(step: WalkedMasks,
                                         irnet_work: Path) -> None:
    step = replace(step, num_steps=0, normalize='mean')
    step.run(workers=1)
    for image_id in (TRAIN_IDS[0], TRAIN_IDS[7]):
        maps = [cv2.resize(cam, (96, 72)) for cam in CAMFile.load(
            irnet_work / f'cam/{image_id}.npz').cam]
        stacked = np.stack([np.full((72, 96), 0.3), *maps])
        assert (load_mask(step.path(image_id))
                != LABELS[stacked.argmax(0)]).mean() < 1e-3


def test_record_holds_the_network_too(step: WalkedMasks) -> None:
    record = step.record()
    assert record.settings['num_steps'] == 16
    assert record.settings['irnet']['model']['backbone']['depth'] == 18
    assert {*record.inputs} == {'images', 'cams', 'checkpoint'}
    deeper = replace(step, options=dict(step.options, **{
        'model.backbone.depth': 34}))
    assert record.changes(deeper.record()) == [
        'irnet.model.backbone.depth 18 -> 34']


def test_workers_get_no_network(step: WalkedMasks) -> None:
    assert step.cfg and 'cfg' not in step.__getstate__()


def test_checkpoint_that_is_missing_is_named(
        step: WalkedMasks, tmp_path: Path) -> None:
    with pytest.raises(InputError, match='none.pth: '):
        replace(step, checkpoint=tmp_path / 'none.pth').run()
    assert Record.read(step.folder) is None


@pytest.mark.parametrize('settings, problem', [
    (dict(bta=5), 'pseudo.bta: no such setting; there are config, checkpoi'),
    (dict(num_steps=2.5), 'pseudo.num_steps is 2.5; give a whole number'),
    (dict(radius='5'), "pseudo.radius is '5'; give a whole number"),
    (dict(normalize='median'), "pseudo.normalize is 'median'; give one of 'm"),
    (dict(refine='labels'), "refine.type is 'labels'; there are DeepLabCRF")])
def test_settings_without_a_meaning(settings: dict, problem: str) -> None:
    with pytest.raises(InputError, match=problem):
        STEPS.build(dict(settings, type='WalkedMasks', config='c',
                         checkpoint='w', cam_dir='d', out_dir='o'), 'pseudo')
