# Copyright (c) COMNet contributors. All rights reserved.
"""The memory that a config takes on a GPU, estimated without one."""

from pathlib import Path

import numpy as np
import pytest
from helpers.tiny import ROOT, TINY

from comnet.apis import cam_memory, training_memory
from comnet.datasets.directions_file import DirectionsFile
from comnet.utils import InputError

CONFIGS = ROOT / 'configs'
GIB = 2**30


@pytest.mark.parametrize('name, least, most', [
    ('comnet_r50_voc.py', 3.6, 4.0), ('irnet_r50_voc.py', 1.8, 2.1),
    ('deeplabv3plus_r50_voc.py', 6.5, 7.2)])
def test_half_precision_takes_less(
        name: str, least: float, most: float) -> None:
    whole, half = (training_memory(CONFIGS / name, amp=amp)
                   for amp in (False, True))
    assert least < whole.peak / GIB < most
    assert 0.45 < half.peak / whole.peak < 0.65
    assert (half.weights, half.state) == (whole.weights, whole.state)
    assert training_memory(CONFIGS / name, {
        'optim_wrapper.type': 'AmpOptimWrapper',
        'optim_wrapper.loss_scale': 'dynamic'}) == half


@pytest.mark.parametrize('name, images, size', [
    ('comnet_tiny.py', 16, (112, 144)), ('cam_tiny.py', 16, (112, 144)),
    ('irnet_tiny.py', 8, (128, 160)), ('deeplabv2_tiny.py', 16, (112, 144))])
def test_parts_of_a_step(name: str, images: int,
                         size: tuple[int, int]) -> None:
    found = training_memory(TINY / name)
    assert (found.images, found.size) == (images, size)
    assert found.activations > images * 3 * 4 * size[0] * size[1]
    shared = training_memory(TINY / name, gpus=2)
    assert shared.images == images // 2
    assert shared.activations < found.activations
    assert shared.weights == found.weights


def test_memory_follows_the_options() -> None:
    config = TINY / 'comnet_tiny.py'
    whole = training_memory(config)
    less = training_memory(config, {'train_dataloader.batch_size': 2})
    assert less.images == 4
    ratio = whole.activations / less.activations
    assert ratio == pytest.approx(4, rel=0.1)
    adam = whole.state
    plain = training_memory(config, {
        'optim_wrapper.optimizer': dict(type='SGD', lr=1, _delete_=True)})
    assert plain.state == 0 < whole.weights < adam


def test_a_picture_of_four_times_the_area_takes_as_much_more() -> None:
    small, large = (cam_memory(CONFIGS / 'comnet_r50_voc.py', size)
                    for size in ((375, 500), (750, 1000)))
    weights = training_memory(CONFIGS / 'comnet_r50_voc.py').weights
    ratio = (large - weights) / (small - weights)
    assert ratio == pytest.approx(4, rel=0.15)
    options = {'test_cfg.fp16': True}
    half = cam_memory(CONFIGS / 'comnet_r50_voc.py', (750, 1000), options)
    assert half < 0.7 * large


def test_partners_take_memory() -> None:
    alone, beside = (cam_memory(CONFIGS / name, (375, 500)) for name in (
        'comnet_r50_voc.py', 'cam_r50_matched_voc.py'))
    assert beside > 3 * alone


def test_directions_of_classes_are_fake_too(tmp_path: Path) -> None:
    DirectionsFile(np.ones((20, 2048)), np.zeros(20),
                   list('abcdefghijklmnopqrst')).save(tmp_path)
    plain, matched = (
        cam_memory(CONFIGS / name, (375, 500), options)
        for name, options in (
            ('cam_r50_voc.py', {}),
            ('cam_r50_classwide_voc.py', {
                'default_hooks.cam.necks.0.directions': str(tmp_path)})))
    assert matched > plain


@pytest.mark.parametrize('name, line, options, gpus', [
    ('irnet', 'no train_dataloader', dict(train_dataloader=None), 1),
    ('irnet', 'no optim_wrapper', dict(optim_wrapper=None), 1),
    ('comnet', r'train_dataloader\.batch_size 8 cannot be shared', {}, 3),
    ('comnet', 'no crop_size in the pipeline', {
        'train_dataloader.dataset.pipeline': [dict(type='LoadVOCImage')]},
     1)])
def test_what_cannot_be_told(name: str, line: str, options: dict,
                             gpus: int) -> None:
    with pytest.raises(InputError, match=f'{name}_tiny.py: {line}'):
        training_memory(TINY / f'{name}_tiny.py', options, gpus=gpus)


def test_classes_are_those_of_the_data_if_they_are_there(
        demo_root: Path) -> None:
    config = CONFIGS / 'deeplabv2_r50_coco.py'
    coco, own = (training_memory(config, dict(data_root=str(root)))
                 for root in ('nowhere', demo_root))
    assert own.peak < coco.peak
