# Copyright (c) COMNet contributors. All rights reserved.
"""Networks of torchvision as backbones."""

import pytest
import torch
import torchvision
from mmpretrain.registry import MODELS
from torch import nn

from comnet.utils import InputError


def build(arch: str, **settings) -> nn.Module:
    torch.manual_seed(0)
    return MODELS.build(dict(
        type='TorchvisionBackbone', arch=arch, **settings))


def statistics(backbone: nn.Module) -> list[torch.Tensor]:
    """Return copies of the running means of all batch norm layers."""
    return [module.running_mean.clone() for module in backbone.modules()
            if isinstance(module, nn.BatchNorm2d)]


@pytest.mark.parametrize('arch, channels', [
    ('squeezenet1_1', 512), ('resnet18', 512), ('mobilenet_v3_small', 576),
    ('vgg11', 512), ('densenet121', 1024), ('googlenet', 1024),
    ('swin_t', 768)])
def test_last_stage_is_the_last_map_of_the_network(
        arch: str, channels: int) -> None:
    stage, = build(arch)(torch.rand(1, 3, 64, 64))
    assert stage.shape[:2] == (1, channels)
    assert min(stage.shape[2:]) >= 2


@pytest.mark.parametrize('arch', ['squeezenet1_1', 'resnet18'])
def test_equals_the_network_of_torchvision(arch: str) -> None:
    network = torchvision.models.get_model(arch, weights=None)
    before_pooling = []
    pooling = [module for module in network.modules()
               if isinstance(module, nn.AdaptiveAvgPool2d)][0]
    pooling.register_forward_pre_hook(
        lambda _, args: before_pooling.append(args[0]))
    backbone = build(arch)
    backbone.load_state_dict(dict(zip(
        backbone.state_dict(), network.state_dict().values(), strict=False)))
    images = torch.rand(2, 3, 64, 64)
    with torch.no_grad():
        network.eval()(images)
        stage, = backbone.eval()(images)
    if arch == 'squeezenet1_1':  # it classifies before it pools
        classifier = network.classifier.eval()
        stage = classifier[2](classifier[1](stage))
        stage = stage.relu()
    torch.testing.assert_close(stage, before_pooling[0])


def test_gradients_are_laid_out_like_the_weights() -> None:
    """As data-parallel training wants them, or it warns and copies."""
    backbone = build('squeezenet1_1').train()
    stage, = backbone(torch.rand(2, 3, 64, 64))
    stage.sum().backward()
    assert all(each.grad.stride() == each.stride()
               for each in backbone.parameters())


def test_last_stage_of_densenet_is_positive() -> None:
    """Its ReLU is no part of the network's ``features``."""
    backbone = build('densenet121').eval()
    images = torch.rand(1, 3, 64, 64)
    with torch.no_grad():
        before, after = build('densenet121', out_indices=(-2, -1)).eval()(
            images)
        assert (before < 0).any()
        assert torch.equal(after, before.relu())
        assert torch.equal(backbone(images)[0], after)


def test_stages_in_the_order_asked_for() -> None:
    images = torch.rand(1, 3, 64, 64)
    backbone = build('squeezenet1_1', out_indices=(1, 4, 7, -1))
    stages = backbone(images)
    assert [stage.shape[1] for stage in stages] == [64, 128, 256, 512]
    assert [stage.shape[2] for stage in stages] == [31, 15, 7, 3]


def test_parts_behind_the_last_stage_are_left_out() -> None:
    assert len(list(build('squeezenet1_1', out_indices=(4, )).children())) == 5


def test_batch_norm_keeps_its_statistics() -> None:
    backbone = build('resnet18').train()
    before = statistics(backbone)
    backbone(torch.rand(2, 3, 64, 64))
    assert before
    for one, other in zip(before, statistics(backbone), strict=True):
        assert torch.equal(one, other)


def test_batch_norm_may_follow_the_batches() -> None:
    backbone = build('resnet18', norm_eval=False).train()
    before = statistics(backbone)
    backbone(torch.rand(2, 3, 64, 64))
    for one, other in zip(before, statistics(backbone), strict=True):
        assert not torch.equal(one, other)


def test_weights_from_a_file(tmp_path) -> None:
    trained = build('squeezenet1_1')
    nn.init.constant_(trained.get_submodule('0').bias, 7)
    torch.save(trained.state_dict(), tmp_path / 'weights.pth')
    backbone = build('squeezenet1_1', init_cfg=dict(
        type='Pretrained', checkpoint=str(tmp_path / 'weights.pth')))
    backbone.init_weights()
    assert (backbone.get_submodule('0').bias == 7).all()


@pytest.mark.parametrize('arch', ['resnet19', 'vit_b_16'])
def test_what_is_no_convolutional_network_is_refused(arch: str) -> None:
    with pytest.raises(InputError, match=f"Backbone: arch '{arch}'"):
        build(arch)


@pytest.mark.parametrize('index', [13, -14])
def test_part_that_the_network_has_not(index: int) -> None:
    with pytest.raises(InputError, match='squeezenet1_1 has 13 parts'):
        build('squeezenet1_1', out_indices=(0, index))
