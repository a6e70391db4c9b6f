# Copyright (c) COMNet contributors. All rights reserved.
"""The parts of IRNet that are trained, over the stages of any backbone."""

from collections.abc import Sequence
from functools import reduce

import torch
from mmcv.cnn import ConvModule
from mmengine.dist import all_reduce
from mmengine.model import BaseModule
from mmseg.models.utils import resize
from torch import Tensor, nn
from torch.nn import functional as F

OUT_STRIDE = 4  # of the boundary map and of the displacement field
FUSED_CHANNELS = 256
MEAN_MOMENTUM = 0.1


def pointwise_layer(in_channels: int, out_channels: int) -> ConvModule:
    """Return a 1x1 convolution with group norm and ReLU, as IRN groups.

    Groups of 8 channels, or of more so that there are at most 16.
    """
    num_groups = next(
        groups for groups in range(min(out_channels // 8, 16), 0, -1)
        if out_channels % groups == 0)
    return ConvModule(
        in_channels,
        out_channels,
        kernel_size=1,
        norm_cfg=dict(type='GN', num_groups=num_groups))


def join(conv: nn.Conv2d, maps: Sequence[Tensor],
         size: tuple[int, int]) -> Tensor:
    """Apply a 1x1 convolution to maps (B, C_i, h_i, w_i) joined at one size.

    It takes the channels of all maps together. Both it and the resizing are
    linear and may change places: each map is resized where it has fewer
    channels, and the joined maps never exist.

    Returns:
        (B, conv.out_channels, h, w).
    """
    weights = conv.weight.split([m.shape[1] for m in maps], dim=1)
    parts = (_join_one(weight, feat, size)
             for weight, feat in zip(weights, maps, strict=True))
    joined = reduce(Tensor.add_, parts)
    return joined if conv.bias is None else joined + conv.bias.view(-1, 1, 1)


def _join_one(weight: Tensor, feat: Tensor, size: tuple[int, int]) -> Tensor:
    """Convolve and resize one map, (B, len(weight), h, w)."""
    if len(weight) > feat.shape[1]:
        return F.conv2d(_resize(feat, size), weight)
    return _resize(F.conv2d(feat, weight), size)


def _fuse(layer: ConvModule, maps: Sequence[Tensor],
          size: tuple[int, int]) -> Tensor:
    """Apply a layer of :func:`pointwise_layer` to maps joined at one size."""
    return layer.activate(layer.norm(join(layer.conv, maps, size)))


def _resize(feat: Tensor, size: tuple[int, int]) -> Tensor:
    """Interpolate a map (B, C, h_i, w_i) linearly to (B, C, h, w)."""
    if feat.shape[-2:] == size:
        return feat
    return resize(feat, size=size, mode='bilinear', align_corners=False)


class BoundaryBranch(BaseModule):
    """Predict class boundaries from all stages together (IRN, Sec. 4).

    Args:
        in_channels: Channels of the stages.
        channels: Channels that each stage is reduced to.
    """

    def __init__(self, in_channels: Sequence[int], channels: int) -> None:
        super().__init__()
        self.layers = nn.ModuleList(
            pointwise_layer(n, channels) for n in in_channels)
        self.predict = nn.Conv2d(len(in_channels) * channels, 1, 1)

    def forward(self, stages: Sequence[Tensor],
                size: tuple[int, int]) -> Tensor:
        """Return the logits (B, 1, h, w) of the boundary map of a size (h, w).

        ``stages`` are the backbone's, (B, in_channels[i], h_i, w_i) each.
        """
        maps = [layer(x) for layer, x in zip(self.layers, stages, strict=True)]
        return join(self.predict, maps, size)


class DisplacementBranch(BaseModule):
    """Predict where the centre of each pixel's object is (IRN, Sec. 4).

    Stages beyond stride 4 are fused first, at the size of the finest of
    them, and join the other stages at stride 4. The widths are IRN's: 64,
    128 and then 256.

    Args:
        in_channels: Channels of the stages.
        strides: Strides of the stages, ascending.
    """

    def __init__(self, in_channels: Sequence[int],
                 strides: Sequence[int]) -> None:
        super().__init__()
        widths = [min(64 * 2**i, FUSED_CHANNELS)
                  for i in range(len(in_channels))]
        self.layers = nn.ModuleList(
            pointwise_layer(*sizes)
            for sizes in zip(in_channels, widths, strict=True))
        self.num_fine = sum(stride <= OUT_STRIDE for stride in strides)
        joined = sum(widths[:self.num_fine])
        if self.num_fine < len(strides):
            self.fuse_deep = pointwise_layer(
                sum(widths[self.num_fine:]), FUSED_CHANNELS)
            joined += FUSED_CHANNELS
        self.fuse = pointwise_layer(joined, FUSED_CHANNELS)
        self.predict = nn.Conv2d(FUSED_CHANNELS, 2, 1, bias=False)
        self.mean_shift = MeanShift(2)

    def forward(self, stages: Sequence[Tensor],
                size: tuple[int, int]) -> Tensor:
        """Return (dy, dx) in pixels of the field, (B, 2, h, w).

        The arguments are those of :meth:`BoundaryBranch.forward`.
        """
        maps = [layer(x) for layer, x in zip(self.layers, stages, strict=True)]
        maps, deep = maps[:self.num_fine], maps[self.num_fine:]
        if deep:
            maps.append(_fuse(self.fuse_deep, deep, deep[0].shape[-2:]))
        field = self.predict(_fuse(self.fuse, maps, size))
        return self.mean_shift(field)


class MeanShift(nn.Module):
    """Subtract the mean displacement at inference (IRN, Sec. 4).

    The losses see differences of displacements only, so the field is known
    up to a constant; its mean over the training images is taken as zero.

    Args:
        num_channels: Channels of the field.
    """

    running_mean: Tensor

    def __init__(self, num_channels: int) -> None:
        super().__init__()
        self.register_buffer('running_mean', torch.zeros(num_channels))

    @torch.no_grad()
    def update(self, field: Tensor) -> None:
        """Take the mean of a batch (B, C, h, w) into the running mean.

        The batch is that of all processes, so that they stay the same.
        """
        mean = field.detach().float().mean(dim=(0, 2, 3))  # (C, )
        all_reduce(mean, op='mean')
        self.running_mean.lerp_(mean, MEAN_MOMENTUM)

    def forward(self, field: Tensor) -> Tensor:
        """Return the field (B, C, h, w), in evaluation mode shifted."""
        if self.training:
            return field
        return field - self.running_mean.view(1, -1, 1, 1)
