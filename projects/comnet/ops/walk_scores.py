# Copyright (c) COMNet contributors. All rights reserved.
"""Scores of classes after the random walk, comparable between images."""

import torch
from torch import Tensor

from ..utils import InputError
from .cam import resize_cam
from .random_walk import random_walk

EPS = 1e-4  # a mean over less than this share of the walks is taken as 0


def walk_scores(cam: Tensor,
                boundary: Tensor,
                size: tuple[int, int],
                radius: int = 5,
                beta: float = 10,
                num_steps: int = 256,
                normalize: str = 'maximum') -> Tensor:
    """Walk on class activation maps and bring them to a common scale.

    IRN divides by the image's maximum. That is often a small part enclosed by
    boundaries, such as a head, beside which the rest of the object looks
    weak. The mean does not depend on it: the walk starts from CAM *
    (1 - boundary), and divided by a walk that starts from 1 - boundary, each
    score is the mean CAM of the pixels that reach it.

    Args:
        cam: Class activation maps, (K, h, w).
        boundary: Probability of a class boundary, (h, w).
        size: Height and width of the image.
        radius: As in :func:`random_walk`.
        beta: As in :func:`random_walk`.
        num_steps: As in :func:`random_walk`.
        normalize: 'maximum' or 'mean'.

    Returns:
        Scores, the highest of the image 1 for 'maximum', in the range of the
        CAMs for 'mean', (K, H, W).

    Raises:
        InputError: If there is no such normalisation, or as in
            :func:`random_walk`.
    """
    if normalize == 'maximum':
        scores = resize_cam(
            random_walk(cam, boundary, radius, beta, num_steps), size)
        return scores / scores.max().clamp(min=1e-5)
    if normalize == 'mean':
        ones = cam.new_ones(1, *cam.shape[1:])
        walked = random_walk(
            torch.cat([cam, ones]), boundary, radius, beta, num_steps)
        # A pixel of a boundary that nothing reaches has no mean.
        return resize_cam(walked[:-1] / walked[-1:].clamp(min=EPS), size)
    raise InputError(f"normalize is '{normalize}': give 'maximum' or 'mean'")
