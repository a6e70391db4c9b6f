# Copyright (c) COMNet contributors. All rights reserved.
"""Labels at full size from scores at a smaller one."""

import torch
from torch import Tensor

from .cam import resize_cam


def enlarged_argmax(scores: Tensor, size: tuple[int, int]) -> Tensor:
    """Enlarge scores bilinearly and take the highest one's label.

    One class is enlarged at a time: all of them would be 1 GB for 21 classes
    and 12 megapixels.

    Args:
        scores: Scores of at most 255 classes, shape (C, h, w).
        size: Height and width of the result, (H, W).

    Returns:
        Labels, uint8, (H, W).
    """
    best = scores.new_full(size, -torch.inf)
    labels = scores.new_zeros(size, dtype=torch.uint8)
    for index, score in enumerate(scores):
        large, = resize_cam(score[None], size)  # (H, W)
        labels[large > best] = index
        torch.maximum(best, large, out=best)
    return labels
