# Copyright (c) COMNet contributors. All rights reserved.
from mmpretrain.models.heads import MultiLabelClsHead
from mmpretrain.registry import MODELS
from torch import Tensor, nn

from ..utils import InputError
from .feature_info import FeatureInfo


@MODELS.register_module()
class COMNetHead(MultiLabelClsHead):
    """Linear classifier on the pooled map, without bias (COMNet, Eq. 9).

    All-zero points are padding and left out of the mean.

    The classifier applied at every position is then the class activation
    map (CAM, Sec. 2). The loss is that of
    :class:`torch.nn.MultiLabelSoftMarginLoss`: binary cross-entropy, averaged
    over classes and images.

    Args:
        num_classes: Number of classes, without background.
        in_channels: Channels of the last stage. By default a :class:`COMNet`
            asks its backbone.
        thr: Score from which on a class is predicted.
        init_cfg: The config to control the initialization.
    """

    classifier: nn.Conv2d

    def __init__(
        self,
        num_classes: int,
        in_channels: int | None = None,
        thr: float = 0.5,
        init_cfg: dict | None = dict(type='Normal', layer='Conv2d', std=0.01)
    ) -> None:
        # mmpretrain sums over the classes, Eq. 9's loss averages
        super().__init__(
            loss=dict(
                type='CrossEntropyLoss',
                use_sigmoid=True,
                loss_weight=1 / num_classes),
            thr=thr,
            init_cfg=init_cfg)
        self.num_classes = num_classes
        if in_channels is not None:
            self._add_classifier(in_channels)

    def fit(self, info: FeatureInfo) -> None:
        """Take the channels of a backbone's last stage.

        Raises:
            InputError: They were given, and are others.
        """
        channels = info.channels[-1]
        if not hasattr(self, 'classifier'):
            self._add_classifier(channels)
        elif self.classifier.in_channels != channels:
            raise InputError(
                f'COMNetHead: in_channels is {self.classifier.in_channels}, '
                f'but the last stage of the backbone has {channels} channels; '
                f'set in_channels={channels}, or leave it out')

    def _add_classifier(self, in_channels: int) -> None:
        self.classifier = nn.Conv2d(
            in_channels, self.num_classes, 1, bias=False)

    def pre_logits(self, feats: tuple[Tensor, ...]) -> Tensor:
        """Average the last stage, (B, c, h, w) -> (B, c, 1, 1)."""
        pooled = feats[-1].mean(dim=(2, 3), keepdim=True)
        return pooled * _mean_factor(feats[-1])[..., None, None]

    def forward(self, feats: tuple[Tensor, ...]) -> Tensor:
        """Classify, (B, c, h, w) -> scores before the sigmoid, (B, C)."""
        # the same as classifying the average, with a gradient that is laid
        # out like the features
        scores = self.score_maps(feats).mean(dim=(2, 3))
        return scores * _mean_factor(feats[-1])

    def score_maps(self, feats: tuple[Tensor, ...]) -> Tensor:
        """Classify each position, (B, c, h, w) -> (B, num_classes, h, w).

        Above 0 the scores are class activation maps.
        """
        return self.classifier(feats[-1])

    def predict(self, feats: tuple[Tensor, ...], data_samples: list) -> list:
        """Return B samples with pred_score, pred_label and the maps as cam.

        The latter have the shape (num_classes, h, w).
        """
        data_samples = super().predict(feats, data_samples)
        cams = self.score_maps(feats).relu()
        for sample, cam in zip(data_samples, cams, strict=True):
            sample.set_field(cam, 'cam')
        return data_samples


def _mean_factor(feat: Tensor) -> Tensor:
    """Return what turns the mean of all points into that of real ones.

    (B, c, h, w) -> (B, 1): their number to that of points that are not zero.
    """
    real = feat.any(dim=1).flatten(1)  # (B, h w)
    count = real.sum(1, keepdim=True).clamp(min=1)
    return (real.shape[1] / count).to(feat)
