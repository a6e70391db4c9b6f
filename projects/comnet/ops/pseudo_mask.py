# Copyright (c) COMNet contributors. All rights reserved.
import torch
from torch import Tensor


def pseudo_mask(scores: Tensor, class_ids: Tensor,
                bg_threshold: float) -> Tensor:
    """Turn scores into a mask: the highest wins (IRN, Sec. 5).

    Args:
        scores: Scores of the K classes of the image, shape (K, H, W).
        class_ids: Their class indices from 0, shape (K,).
        bg_threshold: Score of the background.

    Returns:
        Labels, shape (H, W), uint8: 0 background, class index + 1 an object.
    """
    height, winner = scores.max(dim=0)  # (H, W) each
    labels = class_ids.to(winner.device)[winner] + 1
    return torch.where(height > bg_threshold, labels, 0).to(torch.uint8)
