# Copyright (c) COMNet contributors. All rights reserved.
"""The operations that a GPU can be asked for, as ``gpu_cases.py`` has them."""

from collections.abc import Callable
from pathlib import Path

import torch
from mmengine.device import get_device
from torch import Tensor

from comnet import ops
from comnet.ops.affinity_losses import affinity_losses, pair_loss_sums

SIZE = (96, 128)  # of the images

Run = Callable[[], dict[str, Tensor]]


def rand(*shape: int) -> Tensor:
    """Draw from [0, 1)."""
    return torch.rand(shape).to(get_device())


def randint(high: int, shape: tuple[int, ...]) -> Tensor:
    """Draw from 0 to high - 1."""
    return torch.randint(high, shape).to(get_device())


def matching_vector(_: Path) -> Run:
    features = (rand(2, 96, 32) - 0.5).relu()
    return lambda: dict(size=ops.matching_vector(features).abs())


def neighbors(_: Path) -> Run:
    points = rand(2, 40, 16).requires_grad_()

    def run() -> dict[str, Tensor]:
        near = ops.nearest_neighbors(points, 4, 'l2')
        total = sum(reduce(points, near).square().sum() for reduce in (
            ops.neighbor_max, ops.neighbor_mean))
        gradient, = torch.autograd.grad(total, points)
        return dict(gradient=gradient)

    return run


def affinity(_: Path) -> Run:
    boundary, field = rand(2, 24, 32), rand(2, 2, 24, 32)
    labels = randint(3, (2, 24, 32)).short()
    return lambda: affinity_losses(
        *pair_loss_sums(boundary, field, labels, 10))


def walk(_: Path) -> Run:
    maps, boundary = rand(3, 24, 32), rand(24, 32)
    return lambda: dict(scores=ops.walk_scores(
        maps, boundary, SIZE, num_steps=64, normalize='mean'))


def refinement(_: Path) -> Run:
    image, maps = randint(256, (3, 60, 64)).byte(), rand(4, 60, 64)
    return lambda: dict(maps=ops.pixel_adaptive_refinement(
        image, maps, num_steps=2, dilations=(1, 4), color_width=0.3,
        position_width=0.3, position_weight=0.01))


def pixel_classifier(_: Path) -> Run:
    features, maps = rand(768, 16), rand(3, 24, 32)

    def fit() -> dict[str, Tensor]:
        labels = ops.pixel_seeds(maps, [0, 1, 4], 0.8).flatten()
        weight, bias = ops.fit_pixel_classifier(
            features, labels, 6, num_steps=10)
        probs = ops.pixel_probs(
            features, ops.nearest_neighbors(features[None], 4)[0], weight,
            bias, [0, 1, 4])
        return dict(maps=ops.pixel_maps(probs.T.unflatten(1, (24, 32))))

    return fit


def class_moments(_: Path) -> Run:
    features, projection = rand(96, 32), torch.rand(32, 8)
    moments = ops.ClassMoments.empty(4, 8)

    def add() -> dict[str, Tensor]:
        moments.add(features, [1, 2], projection)
        return dict(second=moments.second, weighted=moments.weighted)

    return add


def enlarging(_: Path) -> Run:
    scores = rand(4, 8, 8)
    return lambda: dict(labels=ops.enlarged_argmax(scores, SIZE))


OPERATIONS = {
    'matching vector': matching_vector,
    'nearest neighbors': neighbors,
    'affinity losses': affinity,
    'random walk': walk,
    'PAR': refinement,
    'pixel classifier': pixel_classifier,
    'class moments': class_moments,
    'enlarged argmax': enlarging,
}
