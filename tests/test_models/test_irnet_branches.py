# Copyright (c) COMNet contributors. All rights reserved.
"""Layers over joined maps against the maps joined in full."""

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from comnet.models.irnet_branches import (
    DisplacementBranch,
    join,
    pointwise_layer,
)

SIZES = [(13, 11), (6, 5), (7, 6)]  # finer, coarser and as the result
CHANNELS = [3, 8, 4]


def joined_in_full(conv: nn.Conv2d, maps: list[Tensor]) -> Tensor:
    """Resize, concatenate, convolve: the definition."""
    return conv(torch.cat([
        F.interpolate(feat, size=(7, 6), mode='bilinear') for feat in maps
    ], dim=1))


@pytest.mark.parametrize('bias', [True, False])
@pytest.mark.parametrize('channels', [1, 5, 9])
def test_join_equals_one_convolution(channels: int, bias: bool) -> None:
    """More channels than any map, than some, or fewer."""
    torch.manual_seed(0)
    conv = nn.Conv2d(sum(CHANNELS), channels, 1, bias=bias).double()
    maps = [torch.randn(2, n, *size, dtype=torch.float64, requires_grad=True)
            for n, size in zip(CHANNELS, SIZES, strict=True)]
    expected, result = joined_in_full(conv, maps), join(conv, maps, (7, 6))
    torch.testing.assert_close(result, expected)
    weights = torch.randn_like(expected)
    inputs = [*maps, *conv.parameters()]
    torch.testing.assert_close(
        torch.autograd.grad((result * weights).sum(), inputs),
        torch.autograd.grad((expected * weights).sum(), inputs))


def test_join_leaves_its_maps_as_they_are() -> None:
    maps = [torch.randn(1, n, 7, 6) for n in CHANNELS]
    before = [feat.clone() for feat in maps]
    join(nn.Conv2d(sum(CHANNELS), 2, 1), maps, (7, 6))
    assert all(map(torch.equal, maps, before))


def test_displacements_from_joined_maps() -> None:
    """Stages beyond stride 4 are fused at the size of their finest."""
    torch.manual_seed(0)
    branch = DisplacementBranch([8, 16, 24], [4, 8, 16])
    stages = [torch.randn(2, 8, 12, 10), torch.randn(2, 16, 6, 5),
              torch.randn(2, 24, 3, 3)]
    fine, middle, deep = (
        layer(x) for layer, x in zip(branch.layers, stages, strict=True))
    deep = branch.fuse_deep(torch.cat(
        [middle, F.interpolate(deep, size=(6, 5), mode='bilinear')], dim=1))
    field = branch.predict(branch.fuse(torch.cat(
        [fine, F.interpolate(deep, size=(12, 10), mode='bilinear')], dim=1)))
    torch.testing.assert_close(branch(stages, (12, 10)), field)


@pytest.mark.parametrize('channels, groups', [
    (32, 4), (64, 8), (128, 16), (256, 16), (136, 8), (320, 16)])
def test_groups_divide_the_channels(channels: int, groups: int) -> None:
    assert pointwise_layer(8, channels).norm.num_groups == groups
