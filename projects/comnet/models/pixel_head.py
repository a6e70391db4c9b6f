# Copyright (c) COMNet contributors. All rights reserved.
from typing import Any

import torch
from mmseg.registry import MODELS
from torch import Tensor, nn
from torch.nn import functional as F

from ..ops import nearest_neighbors, neighbor_mean
from ..ops.pixel_classifier import FEATURE_SCALE
from .stage_head import StageHead


@MODELS.register_module()
class PixelHead(StageHead):
    """Linear classifiers of positions and images on unit-length features.

    What the step ``PixelClassifier`` fits, for pictures whose labels nobody
    knows; on a frozen backbone it can be trained with masks, too. In training
    the scores are those of the linear layer. In prediction the score of a
    class is raised by ``prior_weight`` times the logarithm of the probability
    that the image shows it; the result are the logarithms of probabilities,
    averaged over each position's nearest neighbours
    (:func:`comnet.ops.pixel_probs`).

    Args:
        in_channels: Channels of the stage.
        num_classes: Number of classes, with background.
        num_neighbors: Positions of the image that probabilities are averaged
            over.
        prior_weight: Of what the image as a whole shows.
        in_index: Stage of the backbone.
        loss_decode: Config of the loss of positions. By default
            cross-entropy, averaged over the pixels that have a label.
        ignore_index: Label without loss.
        align_corners: Of the resizing of scores.
        init_cfg: The config to control the initialization.
    """

    def __init__(
        self,
        in_channels: int,
        num_classes: int,
        num_neighbors: int = 32,
        prior_weight: float = 0.5,
        in_index: int = -1,
        loss_decode: dict = dict(type='PixelCrossEntropyLoss'),
        ignore_index: int = 255,
        align_corners: bool = False,
        init_cfg: dict | None = dict(
            type='Normal', layer=['Conv2d', 'Linear'], std=0.01)
    ) -> None:
        super().__init__(
            in_channels=in_channels, channels=in_channels,
            num_classes=num_classes, out_channels=num_classes,
            in_index=in_index, dropout_ratio=0, loss_decode=loss_decode,
            ignore_index=ignore_index, align_corners=align_corners,
            init_cfg=init_cfg)
        self.num_neighbors = num_neighbors
        self.prior_weight = prior_weight
        self.image_classifier = nn.Linear(in_channels, num_classes - 1)

    def forward(self, inputs: tuple[Tensor, ...]) -> Tensor:
        """Classify stages (B, c, h, w), scores (B, num_classes, h, w)."""
        feat = self._transform_inputs(inputs).float()
        unit = F.normalize(feat, dim=1)
        scores = self.conv_seg(FEATURE_SCALE * unit)
        if self.training:
            return scores
        prior = F.pad(F.logsigmoid(self.image_scores(feat)), (1, 0))
        scores = scores + self.prior_weight * prior[..., None, None]
        probs = scores.softmax(1).flatten(2).transpose(1, 2)  # (B, h w, L)
        if probs.shape[1] > 1:
            neighbors = nearest_neighbors(
                unit.flatten(2).transpose(1, 2), self.num_neighbors, 'inner')
            probs = neighbor_mean(probs, neighbors)
        tiny = torch.finfo(probs.dtype).tiny
        return probs.clamp(min=tiny).log().transpose(1, 2).reshape(
            scores.shape)

    def image_scores(self, feat: Tensor) -> Tensor:
        """Classify images, (B, c, h, w) -> (B, classes)."""
        pooled = F.normalize(feat.mean((2, 3)), dim=1)
        return self.image_classifier(FEATURE_SCALE * pooled)

    def loss(self, inputs: tuple[Tensor, ...], batch_data_samples: list,
             train_cfg: Any) -> dict[str, Tensor]:
        """Compute the losses of positions and of images."""
        losses = super().loss(inputs, batch_data_samples, train_cfg)
        scores = self.image_scores(self._transform_inputs(inputs).float())
        labels = torch.stack([  # (B, H W)
            sample.gt_sem_seg.data.flatten() for sample in batch_data_samples])
        # what is no class counts as background
        labels = labels.where((labels > 0) & (labels < self.num_classes), 0)
        shown = F.pad(torch.zeros_like(scores), (1, 0)).scatter_(
            1, labels.long(), 1)[:, 1:]
        losses['loss_image'] = F.binary_cross_entropy_with_logits(
            scores, shown)
        return losses
