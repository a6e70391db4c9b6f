# Copyright (c) COMNet contributors. All rights reserved.
"""The sweep over thresholds against one confusion matrix a threshold."""

import pickle
from pathlib import Path

import numpy as np
import pytest
import torch
from helpers.metrics import evaluated
from mmpretrain.registry import METRICS
from PIL import Image

from comnet.datasets.cam_file import CAMFile
from comnet.datasets.voc_folder import save_mask
from comnet.evaluation import CAMMetric
from comnet.ops import normalize_cam, resize_cam
from comnet.utils import InputError

CLASSES = ('fish', 'house', 'kite', 'nowhere')
THRESHOLDS = (0.1, 0.3, 0.5, 0.95)


def build(**settings) -> CAMMetric:
    metric = METRICS.build(dict(type='CAMMetric', **settings))
    metric.dataset_meta = dict(classes=CLASSES)
    return metric


def random_image(folder: Path, name: str, keys: list[int],
                 size: tuple[int, int]) -> dict:
    """Write a mask and maps that go with it, and return their sample."""
    rng = np.random.default_rng(size[0])
    mask = rng.choice([0, *(key + 1 for key in keys), 255], size)
    save_mask(folder / f'{name}.png', mask)
    cam = rng.random((len(keys), *size), dtype=np.float32)
    cam += [mask == key + 1 for key in keys]
    CAMFile(np.array(keys), cam[:, ::4, ::4] / 2, size).save(
        folder / f'{name}.npz')
    return dict(seg_map_path=str(folder / f'{name}.png'),
                cam_path=str(folder / f'{name}.npz'))


@pytest.fixture
def samples(tmp_path: Path) -> list[dict]:
    return [random_image(tmp_path, 'a', [0, 2], (20, 25)),
            random_image(tmp_path, 'b', [1], (31, 17)),
            random_image(tmp_path, 'c', [0, 1, 2], (12, 40))]


def literal_iou(samples: list[dict], threshold: float) -> np.ndarray:
    """Count a confusion matrix pixel by pixel and return IoU a label."""
    confusion = np.zeros((5, 5))
    for sample in samples:
        file = CAMFile.load(sample['cam_path'])
        truth = np.array(Image.open(sample['seg_map_path']))
        maps = file.full_size()
        for (y, x), label in np.ndenumerate(truth):
            if label == 255:
                continue
            scores = maps[:, y, x]
            above = scores.max() > threshold
            found = file.keys[scores.argmax()] + 1 if above else 0
            confusion[label, found] += 1
    hit = np.diag(confusion)
    union = confusion.sum(0) + confusion.sum(1) - hit
    return np.array([100 * h / u if u else np.nan
                     for h, u in zip(hit, union, strict=True)])


def test_equals_a_confusion_matrix_for_each_threshold(
        samples: list[dict]) -> None:
    metric = build(thresholds=THRESHOLDS)
    metric.process({}, samples[:2])
    metric.process({}, samples[2:])
    result = metric.evaluate(3)

    expected = {t: literal_iou(samples, t) for t in THRESHOLDS}
    means = {t: np.nanmean(iou) for t, iou in expected.items()}
    best = max(means, key=means.get)
    assert len(set(means.values())) == len(means)
    assert result['cam/sweep'] == {
        f'{t:.2f}': pytest.approx(means[t], abs=0.006) for t in THRESHOLDS}
    assert result['cam/mIoU'] == pytest.approx(means[best], abs=0.006)
    assert result['cam/threshold'] == best
    assert result['cam/num_images'] == 3
    assert list(result['cam/IoU']) == ['background', *CLASSES]
    assert result['cam/IoU'].pop('nowhere') is None
    assert list(result['cam/IoU'].values()) == pytest.approx(
        expected[best].tolist()[:-1], abs=0.006)


def test_images_without_a_mask_are_left_out(samples: list[dict]) -> None:
    metric, alone = build(), build()
    maskless = dict(cam_path=samples[2]['cam_path'])
    metric.process({}, [samples[0], maskless, samples[1]])
    alone.process({}, samples[:2])
    result, expected = metric.evaluate(3), alone.evaluate(2)
    assert result['cam/num_images'] == 2
    assert str(result) == str(expected)  # NaN is not equal to itself


def test_no_mask_at_all(samples: list[dict]) -> None:
    metric = build()
    metric.process({}, [dict(cam_path=samples[0]['cam_path'])])
    assert metric.evaluate(1) == {'cam/num_images': 0}


def test_metric_begins_anew_after_each_evaluation(
        samples: list[dict]) -> None:
    metric = build()
    results = []
    for _ in range(2):
        metric.process({}, samples)
        results.append(metric.evaluate(3))
    assert str(results[0]) == str(results[1])


def test_memory_does_not_grow_with_the_images(tmp_path: Path) -> None:
    metric = build()
    metric.dataset_meta = dict(classes=[str(idx) for idx in range(80)])
    sample = random_image(tmp_path, 'a', [0, 79], (20, 25))
    sizes = []
    for _ in range(3):
        metric.process({}, [sample] * 4)
        sizes.append(len(pickle.dumps(metric)))
    assert sizes[0] == sizes[2] < 2 * 3 * 81 * 56 * 8 + 10_000


@pytest.mark.parametrize('number', [1, 2, 3])
@pytest.mark.parametrize('processes', [2, 3])
def test_processes_count_each_image_once(
        samples: list[dict], tmp_path: Path, number: int,
        processes: int) -> None:
    """Their last round is filled up with the first images."""
    del samples[1]['seg_map_path']
    alone = build()
    alone.process({}, samples[:number])
    expected = str(alone.evaluate(number))
    assert evaluated(build(), samples[:number], processes,
                     tmp_path / 'sync') == [expected] * processes


@pytest.mark.parametrize('mask, problem', [
    (np.full((20, 25), 5), 'label 5, but there are 5 classes'),
    (np.zeros((25, 20)), '20 x 25 pixels, its image has 25 x 20')])
def test_mask_that_does_not_fit(
        samples: list[dict], mask: np.ndarray, problem: str) -> None:
    path = samples[0]['seg_map_path']
    save_mask(path, mask)
    with pytest.raises(InputError, match=f'{path}: {problem}'):
        build().process({}, samples)


def test_maps_of_the_head_where_no_file_was_written(
        samples: list[dict], tmp_path: Path) -> None:
    """As in the validation of a training."""
    generator = torch.Generator().manual_seed(0)
    cam = torch.rand(4, 5, 6, generator=generator)
    keys = torch.tensor([0, 2])
    metric, reference = build(), build()
    metric.process({}, [dict(
        seg_map_path=samples[0]['seg_map_path'], gt_label=keys, cam=cam)])
    full = normalize_cam(resize_cam(cam[keys], (20, 25))).numpy()
    full = full.astype(np.float16).astype(np.float32)
    CAMFile(keys.numpy(), full, (20, 25)).save(tmp_path / 'x.npz')
    reference.process({}, [dict(
        samples[0], cam_path=str(tmp_path / 'x.npz'))])
    assert metric.evaluate(1)['cam/mIoU'] == pytest.approx(
        reference.evaluate(1)['cam/mIoU'], abs=0.5)


@pytest.mark.parametrize('thresholds', [
    (), (0.3, 0.2), (0.2, 0.2), (0.101, 0.2)])
def test_thresholds_are_hundredths_that_ascend(
        thresholds: tuple[float, ...]) -> None:
    with pytest.raises(InputError, match='CAMMetric: thresholds is'):
        build(thresholds=thresholds)


def test_image_of_no_class_is_background(tmp_path: Path) -> None:
    """Of 400 pixels 40 are truly the first class."""
    truth = np.zeros((20, 20), np.uint8)
    truth[:2] = 1
    save_mask(tmp_path / 'n.png', truth)
    CAMFile(np.zeros(0, np.int64), np.zeros((0, 5, 5), np.float32),
            (20, 20)).save(tmp_path / 'n.npz')
    metric = build(thresholds=THRESHOLDS)
    metric.process({}, [dict(seg_map_path=str(tmp_path / 'n.png'),
                             cam_path=str(tmp_path / 'n.npz'))])
    assert metric.evaluate(1)['cam/IoU'] == dict(
        background=90, fish=0, house=None, kite=None, nowhere=None)
