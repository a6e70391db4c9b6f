# Copyright (c) COMNet contributors. All rights reserved.
"""A pyramid on few channels: its branches, each computed by itself."""

import torch
from mmseg.registry import MODELS
from torch import Tensor
from torch.nn import functional as F

HEAD = dict(
    type='ReducedASPPHead', in_channels=64, num_classes=4, channels=16,
    dilations=(1, 2, 5), in_index=0)


def test_score_is_of_the_branches_and_the_image() -> None:
    torch.manual_seed(0)
    head = MODELS.build(HEAD).eval()
    feat = torch.rand(2, 64, 9, 11)

    def block(module: torch.nn.Module, inputs: Tensor, rate: int) -> Tensor:
        conv, norm, _ = module
        padding = 0 if rate == 1 else rate
        found = F.conv2d(inputs, conv.weight, padding=padding, dilation=rate)
        return F.batch_norm(found, norm.running_mean, norm.running_var,
                            norm.weight, norm.bias, eps=norm.eps).relu()

    with torch.no_grad():
        reduced = block(head.reduction, feat, 1)
        branches = [block(branch, reduced, rate) for branch, rate in zip(
            head.pyramid, (1, 2, 5), strict=True)]
        image = block(head.image_branch, reduced.mean((2, 3))[
            ..., None, None], 1)
        fused = block(head.fusion, torch.cat(
            [*branches, image.expand(-1, -1, 9, 11)], dim=1), 1)
        expected = F.conv2d(fused, head.conv_seg.weight, head.conv_seg.bias)
        result = head((feat, ))
    assert result.shape == (2, 4, 9, 11)
    torch.testing.assert_close(result, expected)


def test_far_positions_matter_by_the_image_alone() -> None:
    """A corner is out of the branches' reach of the other one."""
    torch.manual_seed(0)
    head = MODELS.build(dict(HEAD, dilations=(1, 2))).eval()
    feat = torch.rand(1, 64, 9, 11)
    other = feat.clone()
    other[..., -1, -1] += 100
    with torch.no_grad():
        for norm in (each for each in head.modules()
                     if isinstance(each, torch.nn.BatchNorm2d)):
            norm.running_var.fill_(0.01)
        assert not torch.equal(head((feat, ))[..., 0, 0],
                               head((other, ))[..., 0, 0])
        torch.nn.init.zeros_(head.image_branch[0].weight)
        torch.testing.assert_close(head((feat, ))[..., 0, 0],
                                   head((other, ))[..., 0, 0])
