# Copyright (c) COMNet contributors. All rights reserved.
from collections.abc import Sequence

import torch
from mmpretrain.models import ImageClassifier
from mmpretrain.registry import MODELS
from mmpretrain.structures import DataSample, label_to_onehot
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812

from .inter_matching import InterMatching, split_groups


@MODELS.register_module()
class COMNet(ImageClassifier):
    """Image classifier whose features are zero where images were padded.

    Batching images of several sizes fills them up with zeros (after
    normalisation). What a backbone makes of that is not zero and, being
    everywhere the same, would match itself best of all. Zero features take
    no part in the matching, nor in the class activation maps.

    It also tells :class:`InterMatching` what the labels say about a group.

    The arguments are those of :class:`mmpretrain.models.ImageClassifier`, of
    which ``backbone``, ``neck``, ``head`` and ``data_preprocessor`` are used
    here. With ``neck=None`` it is the plain CAM baseline.
    """

    def extract_feat(self,
                     inputs: Tensor,
                     stage: str = 'neck',
                     data_samples: Sequence[DataSample] | None = None,
                     group_size: int | None = None):
        """Extract features, see the base class.

        Args:
            inputs: Images, shape (B, 3, H, W).
            stage: 'backbone', 'neck' or 'pre_logits'.
            data_samples: B samples with gt_label, for inter-matching with the
                orientation 'labels'.
            group_size: Images in a group, for inter-matching in evaluation,
                which is skipped without it.

        Returns:
            Stages of the backbone, or what the head pools of them.
        """
        # a position's channels side by side, as the matching reads them
        inputs = inputs.contiguous(memory_format=torch.channels_last)
        feats = self.backbone(inputs)  # ((B, c, h, w), …)
        real = inputs.ne(0).any(dim=1, keepdim=True).float()  # (B, 1, H, W)
        feats = tuple(
            feat * F.adaptive_max_pool2d(real, feat.shape[-2:]).to(feat)
            for feat in feats)
        if stage == 'backbone':
            return feats
        for neck in self._necks():
            if isinstance(neck, InterMatching):
                size = group_size
                if size is None and neck.training:
                    size = neck.group_size
                common_cam = None
                if neck.orientation == 'labels' and size is not None:
                    common_cam = self._common_cam(feats, data_samples, size)
                feats = neck(feats, common_cam, group_size)
            else:
                feats = neck(feats)
        return feats if stage == 'neck' else self.head.pre_logits(feats)

    def loss(self, inputs: Tensor,
             data_samples: Sequence[DataSample]) -> dict[str, Tensor]:
        """Compute the loss of a batch of groups, see the base class."""
        feats = self.extract_feat(inputs, data_samples=data_samples)
        return self.head.loss(feats, data_samples)

    def _necks(self) -> Sequence[nn.Module]:
        """Return the necks in their order."""
        if not self.with_neck:
            return ()
        is_list = isinstance(self.neck, nn.Sequential)
        return tuple(self.neck) if is_list else (self.neck, )

    @torch.no_grad()
    def _common_cam(self, feats: tuple[Tensor, ...],
                    data_samples: Sequence[DataSample] | None,
                    group_size: int) -> Tensor:
        """Sum the scores of the classes that all images of a group show.

        Returns:
            Shape (B, 1, h, w).
        """
        if data_samples is None:
            raise ValueError('orientation="labels" takes data_samples with '
                             'gt_label')
        labels = torch.stack([
            label_to_onehot(sample.gt_label, self.head.num_classes)
            for sample in data_samples])  # (B, C)
        common = split_groups(labels, group_size).all(dim=1)  # (B / N, C)
        common = common.repeat_interleave(group_size, dim=0)  # (B, C)
        # without a ReLU: a map below 0 everywhere has a stronger side, too
        scores = self.head.classifier(feats[-1])  # (B, C, h, w)
        common = common[:, :, None, None].to(scores)
        return (scores * common).sum(1, keepdim=True)
