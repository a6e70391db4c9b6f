# Copyright (c) COMNet contributors. All rights reserved.
"""The matrix of a random walk as a table of neighbours, for GPUs."""

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from .pixel_paths import path_offsets


class WalkTable:
    """The symmetric matrix 2 S of a map, a row of neighbours a pixel.

    A GPU takes microseconds to be asked for an operation, however small it
    is. So one adds all neighbours, and few make the table, whatever the map's
    size. It takes 20 bytes a pixel and neighbour. With the 69 neighbours of
    radius 5 a walk of 3 classes takes 17 MiB for a picture of VOC (94 x 125)
    and 95 MiB for one of 1024 x 1024 (256 x 256).

    Args:
        boundary: Probability of a class boundary, (h, w), float64.
        radius: Pixels closer than this are neighbours.
        beta: Power of the affinities.

    Attributes:
        scale: Square root of the columns' sums D, (hw,).
    """

    def __init__(self, boundary: Tensor, radius: int, beta: float) -> None:
        height, width = boundary.shape
        paths, ends = (
            torch.from_numpy(each).to(boundary.device, non_blocking=True)
            for each in _all_paths(radius))  # (L, 2, N) and (2, N)
        rows, columns = (
            torch.arange(side, device=boundary.device)[:, None]
            for side in (height, width))
        # beyond the map is a boundary, so that nothing walks there
        reach = radius - 1
        free = F.pad((1 - boundary)**beta, [reach] * 4)
        # the last column is a pixel's own
        affinity = boundary.new_ones(height, width, paths.shape[2] + 1)
        pairs = affinity[..., :-1]
        for y, x in reach + paths:
            torch.minimum(pairs, free[(rows + y)[:, None], columns + x],
                          out=pairs)
        affinity = affinity.flatten(0, 1)
        steps = F.pad(ends[0] * width + ends[1], [0, 1])
        first = (rows * width + columns.T).view(-1, 1)
        # of pixels beyond the map any will do
        second = (first.int() + steps.int()).clamp_(0, len(first) - 1)
        self._second = second.flatten()
        self.scale = affinity.sum(1).sqrt()
        weight = 2**0.5 / self.scale
        affinity *= weight[:, None]
        self._weights = {torch.float64: affinity.flatten().mul_(
            weight.index_select(0, self._second))}
        self._begins = torch.arange(
            0, affinity.numel(), affinity.shape[1], dtype=torch.int32,
            device=boundary.device)

    def stepper(self, out: Tensor, maps: Tensor) -> Callable[[], None]:
        """Return what replaces ``out`` by 2 S times maps (C, hw) - ``out``."""
        if out.dtype not in self._weights:
            self._weights[out.dtype] = self._weights[torch.float64].to(
                out.dtype)
        weights = self._weights[out.dtype]

        def step() -> None:
            product = F.embedding_bag(
                self._second, maps.T, self._begins, mode='sum',
                per_sample_weights=weights)  # (hw, C)
            torch.sub(product.T, out, out=out)

        return step


def _all_paths(radius: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the paths to all N neighbours, and where they end, as (y, x).

    Returns:
        Pixels relative to the first one, (L, 2, N), of shorter paths the
        first one repeatedly; and the last ones, (2, N).
    """
    half = path_offsets(radius)
    paths = np.zeros((max(len(path) for _, path in half), 2, len(half)), int)
    for index, (_, path) in enumerate(half):
        paths[:len(path), :, index] = path
    ends = np.array([offset for offset, _ in half]).T
    # a path is symmetric about its middle: the same way back
    return np.dstack([paths, -paths]), np.hstack([ends, -ends])
