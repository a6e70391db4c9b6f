# Copyright (c) COMNet contributors. All rights reserved.
from collections.abc import Sequence

import torch
from mmcv.cnn import build_norm_layer
from mmseg.registry import MODELS
from torch import Tensor, nn

from .stage_head import StageHead


@MODELS.register_module()
class ReducedASPPHead(StageHead):
    """Atrous spatial pyramid pooling of DeepLab v3 on fewer channels.

    As :class:`mmseg.models.ASPPHead` (DeepLab v3, Sec. 3.3), with the mean of
    the image beside the dilated convolutions, but for two things that make it
    cheap enough for a CPU: channels are reduced before the pyramid, and what
    comes of it is fused by a 1 x 1 convolution. A pyramid of scores alone
    (:class:`DeepLabV2Head`) does not see what the image shows as a whole.

    Weights begin as PyTorch has them. OpenMMLab's ``ConvModule`` begins with
    four to seven times larger ones, which behind batch norm learn so much
    slower.

    Args:
        in_channels: Channels of the stage.
        num_classes: Number of classes, with background.
        channels: Those before the pyramid and after it; each of its branches
            has half.
        dilations: Rates, in positions of the stage; 1 is a 1 x 1 convolution.
        in_index: Stage of the backbone.
        dropout_ratio: Of the channels before the scores.
        norm_cfg: Config of the batch norms.
        loss_decode: Config of the loss. By default cross-entropy, averaged
            over the pixels that have a label.
        ignore_index: Label without loss.
        align_corners: Of the resizing of scores.
        init_cfg: The config to control the initialization.
    """

    def __init__(
        self,
        in_channels: int,
        num_classes: int,
        channels: int = 256,
        dilations: Sequence[int] = (1, 3, 6, 12),
        in_index: int = -1,
        dropout_ratio: float = 0.1,
        norm_cfg: dict = dict(type='BN'),
        loss_decode: dict = dict(type='PixelCrossEntropyLoss'),
        ignore_index: int = 255,
        align_corners: bool = False,
        init_cfg: dict | None = None
    ) -> None:
        super().__init__(
            in_channels=in_channels, channels=channels,
            num_classes=num_classes, out_channels=num_classes,
            in_index=in_index, dropout_ratio=dropout_ratio, norm_cfg=norm_cfg,
            loss_decode=loss_decode, ignore_index=ignore_index,
            align_corners=align_corners, init_cfg=init_cfg)
        half = channels // 2
        self.reduction = self._block(in_channels, channels)
        self.pyramid = nn.ModuleList(
            self._block(channels, half, rate) for rate in dilations)
        self.image_branch = self._block(channels, half)
        self.fusion = self._block((len(dilations) + 1) * half, channels)

    def _block(self, in_channels: int, out_channels: int,
               rate: int = 1) -> nn.Sequential:
        """Return a convolution, 1 x 1 at rate 1, its norm and activation."""
        size, padding = (1, 0) if rate == 1 else (3, rate)
        return nn.Sequential(
            nn.Conv2d(in_channels, out_channels, size, padding=padding,
                      dilation=rate, bias=False),
            build_norm_layer(self.norm_cfg, out_channels)[1],
            nn.ReLU(inplace=True))

    def forward(self, inputs: tuple[Tensor, ...]) -> Tensor:
        """Classify stages (B, c, h, w), scores (B, num_classes, h, w)."""
        feat = self.reduction(self._transform_inputs(inputs))
        image = self.image_branch(feat.mean((2, 3), keepdim=True))
        branches = [branch(feat) for branch in self.pyramid]
        branches.append(image.expand_as(branches[0]))
        return self.cls_seg(self.fusion(torch.cat(branches, dim=1)))
