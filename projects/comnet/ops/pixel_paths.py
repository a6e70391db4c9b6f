# Copyright (c) COMNet contributors. All rights reserved.
"""Straight paths between neighbouring pixels and the affinity along them.

IRN, Sec. 4: two pixels belong together unless a class boundary lies on the
straight path between them. The random walk and the training of the boundary
map share these paths.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache, reduce
from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Float, Real
from torch import Tensor

from ..utils import InputError

Offset = tuple[int, int]  # (dy, dx) from the first to the second pixel
Index = tuple[slice, slice]  # rows and columns of a map


class RunMaxima(NamedTuple):
    """Largest value of every straight run of pixels, by direction.

    Entry ``n - 1`` holds the runs of n pixels, at their first pixel:
    (..., h, w - n + 1) for the horizontal, (..., h - n + 1, w) for the
    vertical ones.
    """

    horizontal: list[Tensor]
    vertical: list[Tensor]


@lru_cache(maxsize=8)
def path_offsets(radius: int) -> list[tuple[Offset, np.ndarray]]:
    """List the neighbours of a pixel within a radius, and the paths to them.

    Only the half plane dy > 0, or dy = 0 and dx > 0, is listed: the other
    half holds the same pairs the other way round. A path consists of the
    pixels of the offset's bounding box, both ends included, that are less
    than one pixel away from the straight line.

    Args:
        radius: Neighbours have dy^2 + dx^2 < radius^2, in pixels.

    Returns:
        The offset (dy, dx) of each neighbour, and the pixels (L, 2) of its
        path as (y, x) relative to the first pixel, row by row.

    Raises:
        InputError: If no pixel lies within the radius.
    """
    if radius < 2:
        raise InputError(
            f'radius {radius}: no neighbour lies within it, give 2 or more')
    offsets = [(dy, dx) for dy in range(radius)
               for dx in range(-radius + 1, radius)
               if (dy, dx) > (0, 0) and dy**2 + dx**2 < radius**2]
    return [(offset, _path(*offset)) for offset in offsets]


def _path(dy: int, dx: int) -> np.ndarray:
    """Return the pixels (L, 2) of the straight path from (0, 0)."""
    corner = (min(dy, 0), min(dx, 0))
    box = np.indices((abs(dy) + 1, abs(dx) + 1)).reshape(2, -1).T + corner
    # Distance times the path's length; in integers, so that no rounding
    # decides about a pixel at a distance of exactly 1.
    cross = dy * box[:, 1] - dx * box[:, 0]
    return box[cross**2 < dy**2 + dx**2]


def pair_slices(offset: Offset) -> tuple[Index, Index]:
    """Return what cuts all pairs of pixels of one offset out of a map.

    Returns:
        Rows and columns of the first and of the second pixels, both h - dy by
        w - |dx|.
    """
    dy, dx = offset
    top, bottom = slice(None, -dy or None), slice(dy, None)
    left, right = slice(None, -abs(dx) or None), slice(abs(dx), None)
    return ((top, left), (bottom, right)) if dx >= 0 else ((top, right),
                                                           (bottom, left))


def path_affinity(boundary: Float[Tensor, '*maps h w'], radius: int
                  ) -> Iterator[tuple[Offset, Float[Tensor, '*maps h2 w2']]]:
    """Compute the affinity of all pairs of pixels, one offset at a time.

    The affinity of a pair is 1 - the largest boundary on its path. The
    caller decides how many offsets are in memory together. Differentiable.

    Args:
        boundary: Probability of a class boundary, (..., h, w).
        radius: Pairs are closer than this, in pixels.

    Yields:
        An offset of :func:`path_offsets` and the affinities of its pairs in
        the order of :func:`pair_slices`, (..., h - dy, w - |dx|). Offsets that
        reach beyond the map have no pairs and are left out.

    Raises:
        InputError: See :func:`path_offsets`.
    """
    maxima = run_maxima(boundary, radius)
    for offset in offsets_in_map(radius, boundary.shape[-2:]):
        yield offset, 1 - path_maximum(maxima, offset)


def offsets_in_map(radius: int, size: Sequence[int]) -> list[Offset]:
    """Return the offsets of the radius that have pairs in an h by w map."""
    return [(dy, dx) for (dy, dx), _ in path_offsets(radius)
            if dy < size[0] and abs(dx) < size[1]]


def run_maxima(values: Real[Tensor, '*maps h w'], radius: int) -> RunMaxima:
    """Return the maxima of all straight runs of 1 to ``radius`` pixels.

    Runs longer than the map are left out.
    """
    horizontal, vertical = [values], [values]
    for n in range(1, min(radius, values.shape[-1])):
        horizontal.append(
            torch.maximum(horizontal[-1][..., :-1], values[..., n:]))
    for n in range(1, min(radius, values.shape[-2])):
        vertical.append(
            torch.maximum(vertical[-1][..., :-1, :], values[..., n:, :]))
    return RunMaxima(horizontal, vertical)


def path_maximum(maxima: RunMaxima,
                 offset: Offset) -> Real[Tensor, '*maps h2 w2']:
    """Return the largest value on each path of one offset.

    A path is a stack of min(|dy|, |dx|) + 1 straight runs, so far fewer
    maxima are needed than the path has pixels.

    Returns:
        (..., h - dy, w - |dx|), ordered as :func:`pair_slices`.
    """
    dy, dx = offset
    height = maxima.vertical[0].shape[-2] - dy
    width = maxima.horizontal[0].shape[-1] - abs(dx)
    tables = maxima.horizontal if dy <= abs(dx) else maxima.vertical
    runs = (tables[length - 1][..., y:y + height, x:x + width]
            for y, x, length in _path_runs(offset))
    return reduce(torch.maximum, runs)


@lru_cache(maxsize=1024)
def _path_runs(offset: Offset) -> list[tuple[int, int, int]]:
    """Split a path into its straight runs, along its longer side.

    Returns:
        (y, x, length) of each run, from the upper left corner of the path's
        bounding box.
    """
    dy, dx = offset
    path = _path(dy, dx) - (0, min(dx, 0))
    across = 0 if dy <= abs(dx) else 1
    runs = [path[path[:, across] == i] for i in np.unique(path[:, across])]
    return [(int(run[0, 0]), int(run[0, 1]), len(run)) for run in runs]
