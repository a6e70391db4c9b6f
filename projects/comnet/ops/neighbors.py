# Copyright (c) COMNet contributors. All rights reserved.
"""Matching between the points of one image (COMNet, Eq. 6 to 8)."""

import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812

SIMILARITIES = ('inner', 'cosine', 'l2')


@torch.no_grad()
def nearest_neighbors(points: Tensor,
                      num_neighbors: int,
                      similarity: str = 'cosine') -> Tensor:
    """Find the k most similar other points of each point (Eq. 6).

    Args:
        points: Features, shape (B, N, c).
        num_neighbors: k, cut to N - 1.
        similarity: 'inner' product as Eq. 6 is written, 'cosine', or 'l2',
            the negative squared distance.

    Returns:
        Indices of the neighbours, shape (B, N, k), int64.
    """
    num_points = points.shape[1]
    points = points.float()
    if similarity == 'cosine':
        points = F.normalize(points, dim=2)
    scores = points @ points.transpose(1, 2)  # (B, N, N)
    if similarity == 'l2':
        # |p|² is the same for all candidates j of a row: it can be left out
        square = points.square().sum(2)  # (B, N)
        # the zeros of padding are near to every short point: never take them
        square[square == 0] = torch.finfo(square.dtype).max
        scores = 2 * scores - square.unsqueeze(1)
    scores.diagonal(dim1=1, dim2=2).fill_(-torch.inf)
    return scores.topk(min(num_neighbors, num_points - 1), dim=2).indices


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
