# Copyright (c) COMNet contributors. All rights reserved.
import torch
from torch import Tensor

from .cam import resize_cam


def pseudo_mask(scores: Tensor, class_ids: Tensor, size: tuple[int, int],
                bg_threshold: float) -> Tensor:
    """Turn maps after the random walk into a mask (IRN, Sec. 5).

    Args:
        scores: Maps of the K classes of the image, shape (K, h, w).
        class_ids: Their class indices from 0, shape (K,).
        size: Height and width of the image.
        bg_threshold: Score of the background, where the largest score of the
            image is 1.

    Returns:
        Labels, shape (H, W), uint8: 0 background, class index + 1 an object.
    """
    scores = resize_cam(scores, size)  # (K, H, W)
    scores = scores / scores.max().clamp(min=1e-5)
    height, winner = scores.max(dim=0)  # (H, W) each
    labels = class_ids.to(winner.device)[winner] + 1
    return torch.where(height > bg_threshold, labels, 0).to(torch.uint8)
