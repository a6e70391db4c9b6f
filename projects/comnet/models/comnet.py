# Copyright (c) COMNet contributors. All rights reserved.
from mmpretrain.models import ImageClassifier
from mmpretrain.registry import MODELS
from torch import Tensor
from torch.nn import functional as F  # noqa: N812


@MODELS.register_module()
class COMNet(ImageClassifier):
    """Image classifier whose features are zero where images were padded.

    Batching images of several sizes fills them up with zeros (after
    normalisation). What a backbone makes of that is not zero and, being
    everywhere the same, would match itself best of all. Zero features take
    no part in the matching, nor in the class activation maps.

    The arguments are those of :class:`mmpretrain.models.ImageClassifier`, of
    which ``backbone``, ``neck``, ``head`` and ``data_preprocessor`` are used
    here. With ``neck=None`` it is the plain CAM baseline.
    """

    def extract_feat(self, inputs: Tensor, stage: str = 'neck'):
        """Extract features, see the base class."""
        feats = self.backbone(inputs)  # ((B, c, h, w), …)
        real = inputs.ne(0).any(dim=1, keepdim=True).float()  # (B, 1, H, W)
        feats = tuple(
            feat * F.adaptive_max_pool2d(real, feat.shape[-2:]).to(feat)
            for feat in feats)
        if stage == 'backbone':
            return feats
        if self.with_neck:
            feats = self.neck(feats)
        return feats if stage == 'neck' else self.head.pre_logits(feats)
