# Copyright (c) COMNet contributors. All rights reserved.
"""Segmentation of images of which some have a true mask."""

from pathlib import Path

import numpy as np
import pytest
import torch
from mmseg.evaluation import IoUMetric

from comnet.datasets.voc_folder import load_mask
from comnet.evaluation import VOCIoUMetric

META = dict(classes=('background', 'cat', 'cow'))
IDS = ('cats/001', 'cows/001', '002')


def sample(image_id: str, seed: int, with_truth: bool) -> dict:
    """Return what a segmentor gives to its evaluator."""
    generator = torch.Generator().manual_seed(seed)
    maps = torch.randint(0, 3, (2, 1, 4, 6), generator=generator)
    found = dict(pred_sem_seg=dict(data=maps[0]),
                 img_path=f'/data/JPEGImages/{image_id}.jpg')
    return found | (
        dict(gt_sem_seg=dict(data=maps[1])) if with_truth else {})


def measure(metric: IoUMetric, samples: list[dict]) -> dict:
    metric.dataset_meta = META
    metric.process({}, samples)
    return metric.evaluate(len(samples))


def test_images_without_a_mask_are_left_out() -> None:
    samples = [sample(image_id, seed, with_truth=seed != 1)
               for seed, image_id in enumerate(IDS)]
    expected = measure(IoUMetric(), [samples[0], samples[2]])
    assert measure(VOCIoUMetric(), samples) == expected | dict(num_images=2)


def test_no_true_mask_is_no_error() -> None:
    samples = [sample(image_id, 0, with_truth=False) for image_id in IDS]
    assert measure(VOCIoUMetric(), samples) == dict(num_images=0)


@pytest.mark.parametrize('with_truth', [True, False])
def test_masks_are_written_by_id(tmp_path: Path, with_truth: bool) -> None:
    samples = [sample(image_id, seed, with_truth)
               for seed, image_id in enumerate(IDS)]
    measure(VOCIoUMetric(output_dir=str(tmp_path)), samples)
    for image_id, one in zip(IDS, samples, strict=True):
        written = load_mask(tmp_path / f'{image_id}.png')
        assert np.array_equal(written, one['pred_sem_seg']['data'][0])
