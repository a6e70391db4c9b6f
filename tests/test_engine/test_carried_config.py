# Copyright (c) COMNet contributors. All rights reserved.
"""Checkpoints that need no config beside them, and run nothing of theirs."""

import shutil
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from helpers.tiny import checkpoint_of
from helpers.tool_runner import ROOT, error_of, run_tool
from mmengine.config import Config

from comnet.apis import (
    CAMInferencer,
    SegmentationInferencer,
    given_network,
    publish_model,
)
from comnet.engine.carried_config import CARRIED, to_carry
from comnet.engine.checkpoint import read_checkpoint
from comnet.engine.config import load_config
from comnet.utils import InputError

CONFIGS = ROOT / 'configs'
NETWORKS = [path for path in sorted(CONFIGS.rglob('*.py'))
            if not {'_base_', 'ablation'} & {*path.parts}
            and not path.name.startswith(('pipeline', 'irnet'))]
IMAGE = 'JPEGImages/val_00000.jpg'


@pytest.fixture(scope='module')
def segmentor(whole_way: Path) -> Path:
    return checkpoint_of(whole_way, 'segmentor')


@pytest.fixture
def changed(segmentor: Path, tmp_path: Path
            ) -> Callable[[Callable[[dict], Any]], Path]:
    """Return what writes a checkpoint whose config was changed."""

    def write(change: Callable[[dict], Any]) -> Path:
        content = read_checkpoint(segmentor)
        change(content['meta'][CARRIED])
        torch.save(content, tmp_path / 'changed.pth')
        return tmp_path / 'changed.pth'

    return write


def test_segmentor_needs_its_checkpoint_alone(
        segmentor: Path, tiny_configs: Path, demo_root: Path) -> None:
    alone = SegmentationInferencer(segmentor, tta=True)
    beside = SegmentationInferencer(
        tiny_configs / 'segmentor.py', segmentor, dict(data_root='gone'), True)
    assert alone.classes == beside.classes
    first, second = (each(demo_root / IMAGE) for each in (alone, beside))
    assert np.array_equal(first, second)


def test_classifier_maps_as_with_its_config(
        whole_way: Path, tiny_configs: Path, demo_root: Path) -> None:
    checkpoint = checkpoint_of(whole_way, 'classifier')
    first, second = (each(demo_root / IMAGE)[0].maps for each in (
        CAMInferencer(checkpoint, threshold=0),
        CAMInferencer(tiny_configs / 'classifier.py', checkpoint,
                      dict(data_root='gone'), threshold=0)))
    assert first.any()
    assert np.array_equal(first, second)


def test_settings_can_be_overridden(segmentor: Path) -> None:
    resize = dict(type='Resize', scale=(48, 48), keep_ratio=True)
    inferencer = SegmentationInferencer(segmentor, options={
        'test_dataloader.dataset.pipeline': [
            dict(type='LoadVOCImage'), resize, dict(type='PackSegInputs')]})
    assert any(getattr(step, 'scale', None) == (48, 48)
               for step in inferencer.pipeline.transforms)
    with pytest.raises(InputError, match='no such setting; did you mean'):
        SegmentationInferencer(
            segmentor, options={'model.decode_head.chanels': 3})


def test_command_takes_a_checkpoint_alone(
        segmentor: Path, demo_root: Path, tmp_path: Path) -> None:
    run = run_tool('segment.py', demo_root / IMAGE, '--checkpoint', segmentor,
                   '--out-dir', tmp_path)
    assert (run.code, run.out) == (0, f'{tmp_path}: 1 masks\n')
    assert given_network(segmentor, None, None, None) == (None, segmentor)
    assert 'none.pth: no such checkpoint' in error_of(
        'export_onnx.py', tmp_path / 'none.pth', tmp_path / 'a.onnx')
    assert 'a.pth: not a valid config' in error_of(  # of which pictures?
        'cams.py', shutil.copy(segmentor, tmp_path / 'a.pth'), tmp_path)


@pytest.mark.parametrize('path', NETWORKS, ids=lambda path: path.stem)
def test_all_networks_of_the_package_carry_theirs(path: Path) -> None:
    carried = to_carry(load_config(path, classes=('a', 'b')))
    assert carried is not None
    assert {'model', 'default_scope', 'test_dataloader'} <= {*carried}


def test_published_file_names_no_folder_and_works(
        segmentor: Path, demo_root: Path, tmp_path: Path) -> None:
    path = publish_model(segmentor, tmp_path / 'model.pth')
    for place in (demo_root, segmentor.parents[2], ROOT):
        assert str(place).encode() not in path.read_bytes()
    first, second = (SegmentationInferencer(each)(demo_root / IMAGE)
                     for each in (path, segmentor))
    assert np.array_equal(first, second)


def test_own_components_are_not_carried() -> None:
    cfg = load_config(CONFIGS / 'lite0/aspp_lite0.py', classes=('a', ))
    own = deepcopy(cfg)
    own.model.decode_head.type = 'OwnHead'
    assert to_carry(own) is None
    own = deepcopy(cfg)
    own.model.decode_head.norm_cfg = dict(type=torch.nn.BatchNorm2d)
    assert to_carry(own) is None
    assert to_carry(Config(dict(train_cfg=dict(max_iters=2)))) is None


@pytest.mark.parametrize('content', [
    dict(state_dict={}), dict(meta={}, state_dict={}),
    dict(meta=dict(dataset_meta=dict(classes=['background', 'a']),
                   cfg='raise SystemExit'), state_dict={})])
def test_older_checkpoints_say_that_they_need_one(
        content: dict, tmp_path: Path) -> None:
    torch.save(content, tmp_path / 'old.pth')
    with pytest.raises(InputError, match=r'old.pth: carries no config, .*; '
                       'give the config that it was trained with, too'):
        SegmentationInferencer(tmp_path / 'old.pth')


HOSTILE: dict[str, Callable[[dict], Any]] = {
    'a function': lambda cfg: cfg['model'].update(
        backbone=dict(type='subprocess.Popen', args=['true'])),
    'a module': lambda cfg: cfg['model'].update(
        backbone=dict(type='antigravity')),
    'of a package': lambda cfg: cfg['model'].update(
        backbone=dict(type='mmengine.load', file='a')),
    'code of others': lambda cfg: cfg['model'].update(
        backbone=dict(type='mmpretrain.HuggingFaceClassifier')),
    'a scope': lambda cfg: cfg.update(default_scope='antigravity'),
    'a scope within': lambda cfg: cfg['model']['decode_head'].update(
        _scope_='antigravity'),
    'weights that are pickled': lambda cfg: cfg['model'].update(
        pretrained='https://example.org/a'),
    'a file that is pickled': lambda cfg: cfg['model']['decode_head'].update(
        loss_decode=dict(type='CrossEntropyLoss', class_weight='a.pkl')),
    'an address': lambda cfg: cfg['model']['decode_head'].update(
        loss_decode=dict(type='CrossEntropyLoss',
                         class_weight='https://example.org/a')),
    'an expression': lambda cfg: cfg['test_dataloader'].update(
        dataset=dict(pipeline=[dict(type='torchvision/ConvertImageDtype',
                                    dtype='float')])),
    'a tensor': lambda cfg: cfg['model'].update(a=torch.zeros(1)),
    'a number in its place': lambda cfg: cfg['model'].update(type=3),
}


@pytest.mark.parametrize('change', HOSTILE.values(), ids=HOSTILE)
def test_nothing_of_it_is_run(
        changed: Callable[[Callable], Path], change: Callable) -> None:
    with pytest.raises(InputError, match='the config that it carries is not '
                       'used, it is damaged or might run code'):
        SegmentationInferencer(changed(change))


@pytest.mark.parametrize('change', [
    lambda cfg: cfg.clear(), lambda cfg: cfg.update(model=[]),
    lambda cfg: cfg.pop('test_dataloader')])
def test_damaged_config_is_one_line(
        changed: Callable[[Callable], Path], change: Callable) -> None:
    with pytest.raises(InputError, match='changed.pth: the config that it '
                       'carries is not used, it is damaged'):
        SegmentationInferencer(changed(change))
