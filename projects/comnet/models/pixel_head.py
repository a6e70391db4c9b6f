# Copyright (c) COMNet contributors. All rights reserved.
import torch
from mmseg.models.decode_heads.decode_head import BaseDecodeHead
from mmseg.registry import MODELS
from torch import Tensor
from torch.nn import functional as F

from ..ops import nearest_neighbors, neighbor_mean
from ..ops.pixel_classifier import FEATURE_SCALE


@MODELS.register_module()
class PixelHead(BaseDecodeHead):
    """Linear classifier of unit-length features, averaged over similar ones.

    What the step ``PixelClassifier`` fits, for pictures whose labels nobody
    knows; on a frozen backbone it can be trained with masks, too. In training
    the scores are those of the linear layer; in prediction they are the
    logarithm of the probabilities, averaged over each position's nearest
    neighbours (:func:`comnet.ops.pixel_probs`).

    Args:
        in_channels: Channels of the stage.
        num_classes: Number of classes, with background.
        num_neighbors: Positions of the image that probabilities are averaged
            over.
        in_index: Stage of the backbone.
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
        num_neighbors: int = 32,
        in_index: int = -1,
        loss_decode: dict = dict(
            type='CrossEntropyLoss', avg_non_ignore=True),
        ignore_index: int = 255,
        align_corners: bool = False,
        init_cfg: dict | None = dict(
            type='Normal', std=0.01, override=dict(name='conv_seg'))
    ) -> None:
        super().__init__(
            in_channels=in_channels, channels=in_channels,
            num_classes=num_classes, out_channels=num_classes,
            in_index=in_index, dropout_ratio=0, loss_decode=loss_decode,
            ignore_index=ignore_index, align_corners=align_corners,
            init_cfg=init_cfg)
        self.num_neighbors = num_neighbors

    def forward(self, inputs: tuple[Tensor, ...]) -> Tensor:
        """Classify stages (B, c, h, w), scores (B, num_classes, h, w)."""
        feat = F.normalize(self._transform_inputs(inputs).float(), dim=1)
        scores = self.conv_seg(FEATURE_SCALE * feat)
        if self.training:
            return scores
        probs = scores.softmax(1).flatten(2).transpose(1, 2)  # (B, h w, C)
        if probs.shape[1] > 1:
            neighbors = nearest_neighbors(
                feat.flatten(2).transpose(1, 2), self.num_neighbors, 'inner')
            probs = neighbor_mean(probs, neighbors)
        tiny = torch.finfo(probs.dtype).tiny
        return probs.clamp(min=tiny).log().transpose(1, 2).reshape(
            scores.shape)
