# Copyright (c) COMNet contributors. All rights reserved.
"""Checkpoints that leave out what the config's pretrained weights are."""

from pathlib import Path

import pytest
import torch
from helpers.tool_runner import ROOT, run_tool
from mmpretrain.registry import MODELS
from torch import nn

from comnet.apis import publish_model
from comnet.engine.config import load_config
from comnet.engine.model import load_trained, scope_of
from comnet.engine.pretrained import find_pretrained, load_pretrained
from comnet.utils import InputError

CONFIG = ROOT / 'configs/lite0/cam_lite0.py'
BACKBONE = 'backbone.backbone'


@pytest.fixture(scope='module')
def trained(demo_root: Path) -> nn.Module:
    """Return a classifier whose frozen backbone is ImageNet's."""
    cfg = load_config(CONFIG, dict(data_root=str(demo_root)))
    with scope_of(cfg):
        model = MODELS.build(cfg.model)
    for module, init_cfg in find_pretrained(model):
        load_pretrained(module, init_cfg)
    return model


@pytest.fixture(scope='module')
def checkpoint(trained: nn.Module,
               tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp('trained') / 'epoch_1.pth'
    meta = dict(dataset_meta=dict(classes=tuple('abcde')))
    torch.save(dict(meta=meta, state_dict=trained.state_dict()), path)
    return path


@pytest.fixture(scope='module')
def small(checkpoint: Path) -> Path:
    return publish_model(checkpoint, checkpoint.with_name('a.pth'), CONFIG)


def test_backbone_is_left_out_and_found_again(
        trained: nn.Module, checkpoint: Path, small: Path) -> None:
    content = torch.load(small, weights_only=True)
    assert not [name for name in content['state_dict']
                if name.startswith(BACKBONE)]
    assert content['meta']['pretrained'].keys() == {BACKBONE}
    assert small.stat().st_size < 0.01 * checkpoint.stat().st_size
    _, model, classes = load_trained(CONFIG, small)
    assert classes == tuple('abcde')
    expected = trained.state_dict()
    assert model.state_dict().keys() == expected.keys()
    for name, value in model.state_dict().items():
        assert torch.equal(value, expected[name])


def test_it_can_be_published_again(small: Path) -> None:
    for config in (CONFIG, None):
        assert publish_model(small, small.with_name('a.pth'), config) == small


def test_tool_does_the_same(checkpoint: Path, small: Path) -> None:
    run = run_tool('publish.py', checkpoint, checkpoint.with_name('a.pth'),
                   '--config', CONFIG)
    assert run.out.strip() == str(small)


def test_config_must_have_the_same_pretrained_weights(small: Path) -> None:
    with pytest.raises(InputError, match=r'a-\w+.pth: lacks the weights of '
                       r'backbone.backbone, which are package://.*; give'):
        load_trained(CONFIG, small, dict(pretrained=None))


def test_backbone_that_was_trained_is_no_other_ones(
        trained: nn.Module, tmp_path: Path) -> None:
    weights = {name: value + 1 if name.startswith(BACKBONE) else value
               for name, value in trained.state_dict().items()}
    torch.save(dict(meta=dict(dataset_meta=dict(classes=tuple('abcde'))),
                    state_dict=weights), tmp_path / 'a.pth')
    with pytest.raises(InputError, match='it was trained; publish the whole'):
        publish_model(tmp_path / 'a.pth', tmp_path / 'b.pth', CONFIG)
    assert not list(tmp_path.glob('b*'))


def test_model_without_pretrained_weights_is_published_whole(
        checkpoint: Path, tmp_path: Path) -> None:
    config = tmp_path / 'config.py'
    config.write_text(f'_base_ = {str(CONFIG)!r}\npretrained = None\n')
    with pytest.raises(InputError, match='publish it without a config'):
        publish_model(checkpoint, tmp_path / 'b.pth', config)
