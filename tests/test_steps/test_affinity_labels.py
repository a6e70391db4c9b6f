# Copyright (c) COMNet contributors. All rights reserved.
"""Confident labels of CAMs, against the thresholds in NumPy."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from helpers.tiny import SPLIT, TRAIN_IDS

from comnet.datasets.cam_file import CAMFile
from comnet.datasets.voc_folder import load_image, load_mask
from comnet.models.refiners import PAR
from comnet.registry import STEPS
from comnet.steps import AffinityLabels
from comnet.utils import InputError


def winners_of(work: Path, image_id: str, picture: Path | None
               ) -> list[np.ndarray]:
    """Return who wins with the background at 0.4 and at 0.1."""
    file = CAMFile.load(work / f'cam/{image_id}.npz')
    maps = np.stack([cv2.resize(cam, (96, 72)) for cam in file.cam])
    maps /= maps.max((1, 2), keepdims=True)
    winners = []
    for threshold in (0.4, 0.1):
        scores = np.concatenate([np.full((1, 72, 96), threshold), maps])
        if picture is not None:
            scores, = PAR(num_steps=3)(load_image(picture), scores[None])
        winners.append(np.array([0, 1, 4])[scores.argmax(0)])
    return winners


@pytest.mark.parametrize('refine', [None, dict(type='PAR', num_steps=3)])
def test_labels_where_the_maps_are_sure(
        demo_root: Path, irnet_work: Path, tmp_path: Path,
        refine: dict | None) -> None:
    step = AffinityLabels(
        demo_root, SPLIT.format('train'), irnet_work / 'cam', tmp_path / 'out',
        fg_threshold=0.4, bg_threshold=0.1, refine=refine)
    step.run(workers=1)
    for image_id in (TRAIN_IDS[0], TRAIN_IDS[7]):
        high, low = winners_of(
            irnet_work, image_id,
            refine and demo_root / f'JPEGImages/{image_id}.jpg')
        expected = np.where(high > 0, high, np.where(low > 0, 255, 0))
        labels = load_mask(tmp_path / f'out/{image_id}.png')
        assert {*np.unique(expected)} == {0, 1, 4, 255}
        assert (labels != expected).mean() < 2e-3


@pytest.mark.parametrize('settings, problem', [
    (dict(fg_threshold=True), 'affinity.fg_threshold is True; give a number'),
    (dict(fg_threshold=0.04), 'affinity.bg_threshold 0.05 is above fg_thresh'),
    (dict(bg_threshold='0.1'), "affinity.bg_threshold is '0.1'; give a numb"),
    (dict(refine='scores'), "refine.type is 'scores'; there are DeepLabCRF")])
def test_settings_without_a_meaning(settings: dict, problem: str) -> None:
    with pytest.raises(InputError, match=problem):
        STEPS.build(dict(settings, type='AffinityLabels', data_root='d',
                         image_list='l', cam_dir='c', out_dir='o'),
                    'affinity')
