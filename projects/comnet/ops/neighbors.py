# Copyright (c) COMNet contributors. All rights reserved.
"""Matching between the points of one image (COMNet, Eq. 6 to 8)."""

import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812

SIMILARITIES = ('inner', 'cosine', 'l2')


MAX_SCORES = 2**26  # similarities held at a time, 256 MiB


@torch.no_grad()
def nearest_neighbors(points: Tensor,
                      num_neighbors: int,
                      similarity: str = 'cosine') -> Tensor:
    """Find the k most similar other points of each point (Eq. 6).

    A block of points at a time is compared with all, so that the memory is
    bounded.

    Args:
        points: Features, shape (B, N, c).
        num_neighbors: k, cut to N - 1.
        similarity: 'inner' product as Eq. 6 is written, 'cosine', or 'l2',
            the negative squared distance.

    Returns:
        Indices of the neighbours, shape (B, N, k), int64.
    """
    batch, num_points = points.shape[:2]
    num_neighbors = min(num_neighbors, num_points - 1)
    block = max(1, MAX_SCORES // (batch * num_points))
    with torch.autocast(points.device.type, enabled=False):
        points = points.float()
        if similarity == 'cosine':
            points = F.normalize(points, dim=2)
        penalty = points.new_zeros(batch, num_points)  # (B, N)
        if similarity == 'l2':
            # -|p - q|² = 2pq - |q|² - |p|², the last the same for all q
            points, penalty = points * 2**0.5, points.square().sum(2)
            # padding's zeros are near to every short point: never take them
            penalty[penalty == 0] = torch.finfo(penalty.dtype).max
        return torch.cat([
            _block_neighbors(points, penalty, start, block, num_neighbors)
            for start in range(0, num_points, block)
        ], dim=1)


def _block_neighbors(points: Tensor, penalty: Tensor, start: int, block: int,
                     num_neighbors: int) -> Tensor:
    """Find the neighbours of the points from ``start`` on, (B, block, k)."""
    rows = points[:, start:start + block]
    scores = rows @ points.transpose(1, 2) - penalty.unsqueeze(1)
    # (B, block, N); no point is its own neighbour
    scores.diagonal(offset=start, dim1=1, dim2=2).fill_(-torch.inf)
    return scores.topk(num_neighbors, dim=2).indices


def neighbor_max(points: Tensor, neighbors: Tensor) -> Tensor:
    """Take the element-wise maximum over the neighbours (Eq. 8).

    The winners are found with a running maximum, so that no tensor of shape
    (B, N, k, c) exists, forward or backward.

    Args:
        points: Features after the MLP, shape (B, N, c).
        neighbors: Indices, shape (B, N, k).

    Returns:
        Shape (B, N, c).
    """
    with torch.no_grad():
        winner = _expand(neighbors[..., 0], points)  # (B, N, c)
        highest = points.gather(1, winner)  # (B, N, c)
        for rank in range(1, neighbors.shape[2]):
            rival = _expand(neighbors[..., rank], points)
            value = points.gather(1, rival)
            wins = value > highest
            highest = torch.where(wins, value, highest)
            winner = torch.where(wins, rival, winner)
    return points.gather(1, winner)


def _expand(index: Tensor, points: Tensor) -> Tensor:
    """Repeat an index (B, N) for every channel, (B, N, c), as a view."""
    return index.unsqueeze(2).expand_as(points)
