# Copyright (c) COMNet contributors. All rights reserved.
"""Masks of CAMs alone, against the formulas in NumPy."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from helpers.tiny import SPLIT, TRAIN_IDS

from comnet.datasets.cam_file import CAMFile
from comnet.datasets.voc_folder import load_image, load_mask
from comnet.models.refiners import PAR
from comnet.registry import STEPS
from comnet.steps import CAMMasks
from comnet.utils import InputError

LABELS = np.array([0, 1, 4])  # of classes 0 and 3


def scores_of(work: Path, image_id: str, threshold: float) -> np.ndarray:
    """Return background and the enlarged maps, each with maximum 1."""
    file = CAMFile.load(work / f'cam/{image_id}.npz')
    maps = np.stack([cv2.resize(cam, (96, 72)) for cam in file.cam])
    maps /= maps.max((1, 2), keepdims=True)
    return np.concatenate([np.full((1, 72, 96), threshold), maps])


def test_highest_score_wins(demo_root: Path, irnet_work: Path,
                            tmp_path: Path) -> None:
    results = CAMMasks(
        demo_root, SPLIT.format('train'), irnet_work / 'cam',
        tmp_path / 'masks', bg_threshold=0.3, refine=None).run(workers=1)
    hits = np.zeros((6, 6))
    for image_id in TRAIN_IDS:
        mask = load_mask(tmp_path / f'masks/{image_id}.png')
        expected = LABELS[scores_of(irnet_work, image_id, 0.3).argmax(0)]
        assert (mask != expected).mean() < 1e-3
        truth = load_mask(demo_root / f'SegmentationClass/{image_id}.png')
        np.add.at(hits, (truth[truth < 255], mask[truth < 255]), 1)
    iou = np.diag(hits) / (hits.sum(0) + hits.sum(1) - np.diag(hits))
    assert results['num_images'] == 12
    assert results['mIoU'] == pytest.approx(100 * iou.mean(), abs=0.01)


def test_refined_by_colours(demo_root: Path, irnet_work: Path,
                            tmp_path: Path) -> None:
    step = CAMMasks(demo_root, SPLIT.format('train'), irnet_work / 'cam',
                    tmp_path, 0.3, dict(type='PAR', num_steps=3))
    image_id = TRAIN_IDS[4]
    picture = demo_root / f'JPEGImages/{image_id}.jpg'
    step.write(image_id, picture)
    scores = scores_of(irnet_work, image_id, 0.3)
    refined = PAR(num_steps=3)(load_image(picture), scores[None])
    mask = load_mask(tmp_path / f'{image_id}.png')
    assert (mask != LABELS[refined[0].argmax(0)]).mean() < 2e-3
    assert (mask != LABELS[scores.argmax(0)]).mean() > 1e-2


@pytest.mark.parametrize('settings, problem', [
    (dict(bg_threshold=None), 'pseudo.bg_threshold is None; give a number'),
    (dict(refine='mean'), "refine.type is 'mean'; there are DeepLabCRF, De"),
    (dict(refine=True), 'refine is True; give a text or a dict'),
    (dict(refine=dict(type='PAR', steps=3)), 'refine.steps: no such setting'),
    (dict(beta=3), 'pseudo.beta: no such setting; there are data_root')])
def test_settings_without_a_meaning(settings: dict, problem: str) -> None:
    with pytest.raises(InputError, match=problem):
        STEPS.build(dict(settings, type='CAMMasks', data_root='d',
                         image_list='l', cam_dir='c', out_dir='o'), 'pseudo')
