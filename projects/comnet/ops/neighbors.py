# Copyright (c) COMNet contributors. All rights reserved.
"""Matching between the points of one image (COMNet, Eq. 6 to 8)."""

import torch
from jaxtyping import Float, Int64
from torch import Tensor
from torch._subclasses import FakeTensor
from torch.autograd.function import FunctionCtx, once_differentiable
from torch.nn import functional as F

from ..utils import check_choice
from .numerics import is_traced, single_precision

SIMILARITIES = ('inner', 'cosine', 'l2')
MAX_SCORES = 2**26  # similarities held at a time, 256 MiB
MAX_CACHED = 2**18  # values compared at a time, 1 MiB


@torch.no_grad()
def nearest_neighbors(points: Float[Tensor, 'b n c'],
                      num_neighbors: int,
                      similarity: str = 'cosine') -> Int64[Tensor, 'b n k']:
    """Find the k most similar other points of each point (Eq. 6).

    A block of points at a time is compared with all, so that the memory is
    bounded. All-zero points are padding and nobody's neighbours, unless there
    are no others.

    Args:
        points: Features, shape (B, N, c).
        num_neighbors: k, cut to N - 1.
        similarity: 'inner' product as Eq. 6 is written, 'cosine', or 'l2',
            the negative squared distance.

    Returns:
        Indices of the neighbours, shape (B, N, k), int64.

    Raises:
        InputError: There is no such similarity.
    """
    check_choice(similarity, SIMILARITIES, 'similarity')
    batch, num_points = points.shape[:2]
    num_neighbors = min(num_neighbors, num_points - 1)
    block = max(1, MAX_SCORES // (batch * num_points))
    with single_precision(points.device.type):
        points = points.float()
        length = points.norm(dim=2)  # (B, N)
        # p's order of the others is that of pq · scale(q) - penalty(q)
        scale, penalty = torch.ones_like(length), torch.zeros_like(length)
        if similarity == 'cosine':
            scale = 1 / length.clamp(torch.finfo(length.dtype).tiny)
        elif similarity == 'l2':  # -|p - q|² / 2 = pq - |q|² / 2 - |p|² / 2
            penalty = length.square() / 2
        penalty[length == 0] = torch.finfo(penalty.dtype).max
        if is_traced():  # which takes no blocks of an unknown number
            return _all_neighbors(points, scale, penalty, int(num_neighbors))
        return torch.cat([
            _block_neighbors(points, scale, penalty, start, block,
                             num_neighbors)
            for start in range(0, num_points, block)
        ], dim=1)


def _block_neighbors(points: Tensor, scale: Tensor, penalty: Tensor,
                     start: int, block: int, num_neighbors: int) -> Tensor:
    """Find the neighbours of the points from ``start`` on, (B, block, k)."""
    rows = points[:, start:start + block]
    scores = rows @ points.transpose(1, 2)  # (B, block, N)
    scores *= scale.unsqueeze(1)
    scores -= penalty.unsqueeze(1)
    # no point is its own neighbour
    scores.diagonal(offset=start, dim1=1, dim2=2).fill_(-torch.inf)
    return scores.topk(num_neighbors, dim=2).indices


def _all_neighbors(points: Tensor, scale: Tensor, penalty: Tensor,
                   num_neighbors: int) -> Tensor:
    """Find the neighbours of all points at once, (B, N, k)."""
    scores = points @ points.transpose(1, 2)  # (B, N, N)
    scores = scores * scale.unsqueeze(1) - penalty.unsqueeze(1)
    index = torch.arange(points.shape[1], device=points.device)
    scores = scores.masked_fill(index == index[:, None], -torch.inf)
    return scores.topk(num_neighbors, dim=2).indices


def neighbor_max(points: Float[Tensor, 'b n c'],
                 neighbors: Int64[Tensor, 'b n k']
                 ) -> Float[Tensor, 'b n c']:
    """Take the element-wise maximum over the neighbours (Eq. 8).

    Neighbours are visited one rank after the other, and only the rank that
    wins is kept for the gradient: no tensor of shape (B, N, k, c) exists,
    forward or backward. Of equal neighbours the nearest gets the gradient.

    Args:
        points: Features after the MLP, shape (B, N, c).
        neighbors: Indices, shape (B, N, k), k at most 256.

    Returns:
        The maximum of each channel, shape (B, N, c).
    """
    if is_traced():
        return _gathered(points, neighbors).amax(2)
    highest = _RowMax.apply(points.flatten(0, 1), _rows(neighbors))
    return highest.reshape(points.shape)


def neighbor_mean(points: Float[Tensor, 'b n c'],
                  neighbors: Int64[Tensor, 'b n k']
                  ) -> Float[Tensor, 'b n c']:
    """Take the mean over the neighbours, in place of Eq. 8's maximum.

    No tensor of shape (B, N, k, c) exists, forward or backward. Arguments and
    result are those of :func:`neighbor_max`.
    """
    if is_traced():
        return _gathered(points, neighbors).mean(2)
    mean = F.embedding_bag(
        _rows(neighbors), points.flatten(0, 1), mode='mean')  # (B N, c)
    return mean.reshape(points.shape)


def _gathered(points: Tensor, neighbors: Tensor) -> Tensor:
    """Take the points (B, N, c) of indices (B, N, k), (B, N, k, c).

    It is large, but of operations that ONNX has.
    """
    batch = torch.arange(len(points), device=points.device)
    return points[batch[:, None, None], neighbors]


def _rows(neighbors: Tensor) -> Tensor:
    """Number the points of a batch, (B, N, k) -> (B N, k)."""
    batch, num_points = neighbors.shape[:2]
    first = torch.arange(batch, device=neighbors.device) * num_points  # (B,)
    return (neighbors + first[:, None, None]).flatten(0, 1)


class _RowMax(torch.autograd.Function):
    """Maximum over the rows that an index names, (M, c), (M, k) -> (M, c)."""

    @staticmethod
    def forward(ctx: FunctionCtx, points: Tensor, rows: Tensor) -> Tensor:
        """Keep the running maximum and the rank that it comes from."""
        highest = torch.empty_like(points)  # (M, c)
        winner = torch.zeros_like(points, dtype=torch.uint8)
        for block in _blocks(points):
            _block_max(points, rows[block], highest[block], winner[block])
        ctx.save_for_backward(rows, winner)
        return highest

    @staticmethod
    @once_differentiable
    def backward(ctx: FunctionCtx, gradient: Tensor) -> tuple[Tensor, None]:
        """Send each gradient to the row that won."""
        rows, winner = ctx.saved_tensors  # type: ignore[attr-defined]
        total = torch.zeros_like(gradient)
        for block in _blocks(gradient):
            won = rows[block].gather(1, winner[block].long())  # (m, c)
            total.scatter_add_(0, won, gradient[block])
        return total, None


def _blocks(points: Tensor) -> list[slice]:
    """Cut rows (M, c) into parts that stay in a CPU's cache."""
    size = len(points)
    # a fake one stands for a GPU's, whose memory is estimated
    if points.device.type == 'cpu' and not isinstance(points, FakeTensor):
        size = max(1, MAX_CACHED // points.shape[1])
    return [slice(start, start + size)
            for start in range(0, len(points), max(size, 1))]


def _block_max(points: Tensor, rows: Tensor, highest: Tensor,
               winner: Tensor) -> None:
    """Fill in the maximum over rows (m, k) of points and its rank, (m, c)."""
    torch.index_select(points, 0, rows[:, 0], out=highest)
    rival = torch.empty_like(highest)
    for rank in range(1, rows.shape[1]):
        torch.index_select(points, 0, rows[:, rank], out=rival)
        wins = (rival > highest).view(torch.uint8).mul_(rank)
        torch.maximum(winner, wins, out=winner)  # ranks ascend
        torch.maximum(highest, rival, out=highest)
