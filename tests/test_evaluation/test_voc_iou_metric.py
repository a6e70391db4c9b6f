# Copyright (c) COMNet contributors. All rights reserved.
"""Segmentation of images of which some have a true mask."""

from pathlib import Path

import numpy as np
import pytest
import torch
from helpers.metrics import evaluated
from mmseg.evaluation import IoUMetric
from PIL import Image

from comnet.datasets.voc_folder import load_image, load_mask
from comnet.evaluation import VOCIoUMetric
from comnet.models.refiners import build_refiner
from comnet.utils import InputError

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


@pytest.mark.parametrize('size', [(1, 7), (7, 1), (1, 1)])
def test_masks_of_a_pixel_s_height(
        size: tuple[int, int], tmp_path: Path) -> None:
    data = torch.ones(1, *size, dtype=torch.int64)
    measured = measure(VOCIoUMetric(output_dir=str(tmp_path)), [dict(
        pred_sem_seg=dict(data=data), gt_sem_seg=dict(data=data),
        img_path='/data/JPEGImages/a.jpg')])
    assert measured['IoU']['cat'] == 100
    assert load_mask(tmp_path / 'a.png').shape == size


def test_images_without_a_mask_are_left_out() -> None:
    samples = [sample(image_id, seed, with_truth=seed != 1)
               for seed, image_id in enumerate(IDS)]
    expected = measure(IoUMetric(), [samples[0], samples[2]])
    measured = measure(VOCIoUMetric(), samples)
    assert {name: measured[name] for name in expected} == expected
    assert measured['num_images'] == 2


@pytest.mark.parametrize('processes', [2, 3])
@pytest.mark.parametrize('holes', [[], [0], [1, 3], [4], [0, 1, 2, 3, 4]])
def test_processes_count_each_image_once(
        tmp_path: Path, holes: list[int], processes: int) -> None:
    """Their last round is filled up with the first images."""
    samples = [sample(f'{seed}', seed, with_truth=seed not in holes)
               for seed in range(5)]
    expected = str(measure(VOCIoUMetric(), samples))
    metric = VOCIoUMetric()
    metric.dataset_meta = META
    assert evaluated(metric, samples, processes,
                     tmp_path / 'sync') == [expected] * processes


def test_iou_of_each_class() -> None:
    """That of the pixels of all images as one set; None where none is."""
    samples = [sample(image_id, seed, with_truth=True)
               for seed, image_id in enumerate(IDS)]
    for one in samples:
        for maps in (one['pred_sem_seg'], one['gt_sem_seg']):
            maps['data'][maps['data'] == 2] = 1  # no cow
    found, true = (torch.stack([one[key]['data'] for one in samples])
                   for key in ('pred_sem_seg', 'gt_sem_seg'))
    expected = [
        100 * float(((found == label) & (true == label)).sum()
                    / ((found == label) | (true == label)).sum())
        for label in (0, 1)]
    measured = measure(VOCIoUMetric(), samples)['IoU']
    assert list(measured) == ['background', 'cat', 'cow']
    assert [measured['background'], measured['cat']] == pytest.approx(
        expected, abs=0.006)
    assert measured['cow'] is None


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


@pytest.fixture
def scored(tmp_path: Path) -> list[dict]:
    """Return six samples with scores, of pictures in two colours.

    The true masks are where the second colour is, the last sample has none.
    """
    (tmp_path / 'JPEGImages').mkdir()
    samples = []
    for index in range(6):
        generator = torch.Generator().manual_seed(index)
        image = np.full((20, 30, 3), 30, np.uint8)
        image[4:16, 5 + index:20] = 220
        path = tmp_path / f'JPEGImages/{index}.png'
        Image.fromarray(image).save(path)
        truth = torch.from_numpy(image[None, ..., 0] > 100).long()
        logits = torch.randn(3, 20, 30, generator=generator)
        logits[0] += 1.5 * (truth[0] == 0)
        logits[1] += 1.5 * (truth[0] == 1)
        logits = logits.half()  # as with mixed precision
        samples.append(dict(
            img_path=str(path), seg_logits=dict(data=logits),
            pred_sem_seg=dict(data=logits.argmax(0, keepdim=True)),
            gt_sem_seg=dict(data=truth)))
    del samples[-1]['gt_sem_seg']
    return samples


@pytest.mark.parametrize('refine', [
    'DeepLabCRF', dict(type='DeepLabCRF', num_steps=3, gaussian_sxy=2),
    dict(type='PAR', power=1, num_steps=15, color_width=0.3)])
def test_refined_masks_follow_the_colours(
        scored: list[dict], tmp_path: Path, refine: dict | str) -> None:
    """Measured and written is what the function of one image gives."""
    expected, refiner = [], build_refiner(refine)
    assert refiner is not None
    for one in scored:
        probs = one['seg_logits']['data'].float().softmax(0).numpy()
        refined = refiner(
            load_image(one['img_path']), probs[None])[0].argmax(0)
        expected.append(one | dict(
            pred_sem_seg=dict(data=torch.from_numpy(refined)[None])))
    metric = VOCIoUMetric(refine=refine, output_dir=str(tmp_path / 'masks'))
    found = measure(metric, scored)
    assert found == measure(VOCIoUMetric(), expected)
    assert found['num_images'] == 5
    assert found['mIoU'] > measure(VOCIoUMetric(), scored)['mIoU']
    for index, one in enumerate(expected):
        assert np.array_equal(load_mask(tmp_path / f'masks/{index}.png'),
                              one['pred_sem_seg']['data'][0])
    assert measure(metric, scored) == found  # once more, as validations do


def test_refinement_stops_at_an_image_that_is_gone(scored: list[dict]) -> None:
    Path(scored[1]['img_path']).unlink()
    with pytest.raises(InputError, match='1.png: no such image'):
        measure(VOCIoUMetric(refine='DeepLabCRF'), scored)


def test_refinement_takes_a_score_a_class(scored: list[dict]) -> None:
    scored[0]['seg_logits']['data'] = torch.zeros(1, 20, 30)
    with pytest.raises(InputError, match='a score for each of 3 classes, the'):
        measure(VOCIoUMetric(refine='DeepLabCRF'), scored)


def test_refiner_without_a_meaning_is_named() -> None:
    with pytest.raises(InputError, match="evaluator.refine.type is 'CRF'; th"):
        VOCIoUMetric(refine='CRF')


def test_refinement_keeps_no_files_open(scored: list[dict]) -> None:
    """As PyTorch's tensors do that come from other processes."""
    files = Path('/proc/self/fd')
    if not files.is_dir():
        pytest.skip('no /proc: open files cannot be counted')
    metric = VOCIoUMetric(refine=dict(type='DeepLabCRF', num_steps=1),
                          refine_workers=1)
    measure(metric, scored[:1])  # starts what serves all workers
    metric.process({}, scored[:1])
    before = len(list(files.iterdir()))
    metric.process({}, scored * 5)
    assert len(metric.results) > 20
    assert len(list(files.iterdir())) <= before + 3
    assert metric.evaluate(31)['num_images'] == 26
