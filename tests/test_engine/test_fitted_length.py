# Copyright (c) COMNet contributors. All rights reserved.
"""A training by iterations is as long as its number of images asks for."""

from pathlib import Path
from typing import Any

import pytest
from helpers.tool_runner import ROOT
from mmengine.config import Config

from comnet.engine.config import load_config
from comnet.engine.fitted_length import fit_length, fitted_length
from comnet.steps import SegmentorTraining
from comnet.utils import InputError

LIST = 'ImageSets/Segmentation/train.txt'
LITE0 = ROOT / 'configs/lite0'


def data(folder: Path, number: int) -> Path:
    """Write a list of so many images."""
    (folder / LIST).parent.mkdir(parents=True)
    (folder / LIST).write_text(''.join(f'{each}\n' for each in range(number)))
    (folder / 'classes.txt').write_text('a\nb\n')
    return folder


def fitted(root: Path, name: str = 'aspp_lite0.py', **options: Any) -> Config:
    options['data_root'] = str(root)
    cfg = load_config(LITE0 / name, options)
    fit_length(cfg, options)
    return cfg


@pytest.mark.parametrize('number, length', [
    (2, 100), (36, 100), (50, 102), (147, 300), (293, 598),
    (294, 600), (916, 600)])
def test_iterations_follow_the_images_below_those_of_the_config(
        tmp_path: Path, number: int, length: int) -> None:
    cfg = fitted(data(tmp_path, number))
    assert cfg.train_cfg.max_iters == length
    assert cfg.param_scheduler['end'] == length
    assert cfg.train_cfg.val_interval > length  # it does not validate
    note = fitted_length(cfg)
    assert note == '' if length == 600 else note.startswith(
        f'{length} iterations for {number} images (600 from 294 images on)')


def test_explicit_number_is_kept(tmp_path: Path) -> None:
    cfg = fitted(data(tmp_path, 36), **{'train_cfg.max_iters': 30})
    assert cfg.train_cfg.max_iters == 30
    assert not fitted_length(cfg)


def test_it_can_be_switched_off(tmp_path: Path) -> None:
    cfg = fitted(data(tmp_path, 36), auto_scale_iters=None)
    assert cfg.train_cfg.max_iters == 600


def test_several_schedules_end_with_the_training(tmp_path: Path) -> None:
    ends = [dict(type='LinearLR', end=50, by_epoch=False),
            dict(type='PolyLR', begin=50, end=600, by_epoch=False)]
    cfg = fitted(data(tmp_path, 147), param_scheduler=ends)
    assert [each['end'] for each in cfg.param_scheduler] == [50, 300]


@pytest.mark.parametrize('name', ['voc12_small/aspp_r50_frozen_voc12.py',
                                  'demo/deeplabv2_lite0_demo.py',
                                  'deeplabv2_r50_voc.py'])
def test_configs_of_other_data_train_as_they_say(
        tmp_path: Path, name: str) -> None:
    cfg = fitted(data(tmp_path, 36), f'../{name}', train_list=LIST)
    before = load_config(LITE0.parent / name, classes=('a', ))
    assert cfg.train_cfg.max_iters == before.train_cfg.max_iters


@pytest.mark.parametrize('value', [0, -1, 'many', None])
def test_number_that_means_nothing(tmp_path: Path, value: object) -> None:
    with pytest.raises(InputError, match='auto_scale_iters.at_least is'):
        fitted(data(tmp_path, 36), **{'auto_scale_iters.at_least': value})


def test_training_has_and_tells_it(tmp_path: Path) -> None:
    step = SegmentorTraining(
        LITE0 / 'aspp_lite0.py', tmp_path / 'work',
        dict(data_root=str(data(tmp_path / 'data', 147))))
    assert step.settings()['train_cfg']['max_iters'] == 300
    assert step.note().startswith('300 iterations for 147 images')
