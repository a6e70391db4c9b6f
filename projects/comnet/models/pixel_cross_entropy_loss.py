# Copyright (c) COMNet contributors. All rights reserved.
from collections.abc import Sequence

import torch
from mmengine.dist import all_reduce
from mmseg.registry import MODELS
from torch import Tensor, nn
from torch.nn import functional as F


@MODELS.register_module()
class PixelCrossEntropyLoss(nn.Module):
    """Cross-entropy, averaged over the labelled pixels of all processes.

    On one process it is :class:`mmseg.models.CrossEntropyLoss` with
    ``avg_non_ignore``, which averages over each process's own pixels: there
    the pixels of an image that has few of them count more. And it does not
    make a GPU wait.

    Args:
        class_weight: Weight of each class, in the average, too. By default
            all are equal.
        loss_weight: Of the loss.
        loss_name: Its name in the log, beginning with ``loss_``.
    """
    class_weight: Tensor | None

    def __init__(self,
                 class_weight: Sequence[float] | None = None,
                 loss_weight: float = 1.0,
                 loss_name: str = 'loss_ce') -> None:
        super().__init__()
        self.register_buffer(
            'class_weight', None if class_weight is None else torch.tensor(
                class_weight, dtype=torch.float32), persistent=False)
        self.loss_weight = loss_weight
        self.loss_name = loss_name

    def forward(self,
                cls_score: Tensor,
                label: Tensor,
                weight: Tensor | None = None,
                ignore_index: int = 255) -> Tensor:
        """Compute the loss.

        Args:
            cls_score: Shape (B, C, H, W).
            label: Shape (B, H, W).
            weight: Of each pixel, shape (B, H, W).
            ignore_index: Label without loss.

        Returns:
            The loss; 0 where no pixel of any process has a label.
        """
        loss = F.cross_entropy(  # (B, H, W), 0 where it is ignored
            cls_score, label, self.class_weight, reduction='none',
            ignore_index=ignore_index)
        if weight is not None:
            loss = loss * weight
        known = label != ignore_index
        if self.class_weight is None:
            share = known.sum(dtype=torch.float32)
        else:
            share = (self.class_weight[label.where(known, 0)] * known).sum()
        all_reduce(share, 'mean')  # gradients are averaged
        tiny = torch.finfo(torch.float32).tiny
        return self.loss_weight * loss.sum() / share.clamp(min=tiny)
