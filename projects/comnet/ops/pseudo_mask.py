# Copyright (c) COMNet contributors. All rights reserved.
import torch
from torch import Tensor

from .cam import resize_cam


def normalized_scores(scores: Tensor, size: tuple[int, int]) -> Tensor:
    """Resize maps after the random walk and divide by the image's maximum.

    Args:
        scores: Maps of the K classes of the image, shape (K, h, w).
        size: Height and width of the image.

    Returns:
        At most 1, shape (K, H, W).
    """
    scores = resize_cam(scores, size)
    return scores / scores.max().clamp(min=1e-5)


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
    height, winner = normalized_scores(scores, size).max(dim=0)  # (H, W) each
    labels = class_ids.to(winner.device)[winner] + 1
    return torch.where(height > bg_threshold, labels, 0).to(torch.uint8)
