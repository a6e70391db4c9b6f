# Copyright (c) COMNet contributors. All rights reserved.
from collections.abc import Sequence

from mmseg.registry import MODELS
from torch import Tensor, nn

from .stage_head import StageHead


@MODELS.register_module()
class DeepLabV2Head(StageHead):
    """Atrous spatial pyramid pooling of DeepLab v2 (TPAMI 2018, Sec. 3.2).

    Dilated 3 x 3 convolutions classify the features side by side, and their
    scores are summed.

    Args:
        in_channels: Channels of the stage.
        num_classes: Number of classes, with background.
        dilations: Rates, in positions of the stage.
        in_index: Stage of the backbone.
        dropout_ratio: Of the features.
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
        dilations: Sequence[int] = (6, 12, 18, 24),
        in_index: int = -1,
        dropout_ratio: float = 0.0,
        loss_decode: dict = dict(type='PixelCrossEntropyLoss'),
        ignore_index: int = 255,
        align_corners: bool = False,
        init_cfg: dict | None = dict(type='Normal', layer='Conv2d', std=0.01)
    ) -> None:
        super().__init__(
            in_channels=in_channels, channels=in_channels,
            num_classes=num_classes, out_channels=num_classes,
            in_index=in_index, dropout_ratio=dropout_ratio,
            loss_decode=loss_decode, ignore_index=ignore_index,
            align_corners=align_corners, init_cfg=init_cfg)
        del self.conv_seg  # the dilated convolutions classify themselves
        self.branches = nn.ModuleList(
            nn.Conv2d(in_channels, num_classes, 3, padding=rate, dilation=rate)
            for rate in dilations)

    def forward(self, inputs: tuple[Tensor, ...]) -> Tensor:
        """Classify stages (B, c, h, w), scores (B, num_classes, h, w)."""
        feat = self._transform_inputs(inputs)
        if self.dropout is not None:
            feat = self.dropout(feat)
        return sum(branch(feat) for branch in self.branches)
