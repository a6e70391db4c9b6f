# Copyright (c) COMNet contributors. All rights reserved.
"""The solution of inter-matching (COMNet, Eq. 1 to 4) without its matrix."""

import torch
from torch import Tensor
from torch.nn import functional as F

from ..utils import InputError


@torch.no_grad()
def matching_vector(features: Tensor,
                    max_steps: int = 16,
                    tolerance: float = 1e-5,
                    max_restarts: int = 16) -> Tensor:
    """Return M*, the relaxed cluster indicator of each group.

    M* is the unit-norm eigenvector of D̂ = XᵀX − 11ᵀ to its algebraically
    largest eigenvalue, X holding the unit-length features of a group as
    columns. Lanczos iteration with full reorthogonalisation needs only
    D̂v = Xᵀ(Xv) − 1(1ᵀv), so D̂ is never formed. All-zero features are
    padding: they take no part and get 0.

    The iteration ends when ‖D̂m − λm‖ ≤ ``tolerance`` · λ for every group, and
    starts again from the best vector so far after ``max_steps`` steps. What
    has not converged after ``max_restarts`` has several nearly equal largest
    eigenvalues: the vector lies in their common eigenspace, and any vector
    there solves Eq. 4.

    Args:
        features: Features of B groups, shape (B, n, c), n = N · h · w.
        max_steps: Size of the Krylov space. Defaults to 16.
        tolerance: Bound of the relative residual. Defaults to 1e-5.
        max_restarts: Defaults to 16.

    Returns:
        M*, shape (B, n), float32; its sign is arbitrary.

    Raises:
        ValueError: Features of another shape.
        InputError: Features that are not finite.
    """
    if features.dim() != 3:
        raise ValueError('features must have shape (B, n, c), not '
                         f'{tuple(features.shape)}')
    if not torch.isfinite(features).all():
        raise InputError('the features hold NaN or infinity: training has '
                         'diverged; lower the learning rate')
    with torch.autocast(features.device.type, enabled=False):
        points = F.normalize(features.float(), dim=2)  # (B, n, c)
        ones = points.any(dim=2).float()  # (B, n), 0 at padding
        vector = _start_vector(ones)
        for _ in range(max_restarts + 1):
            vector, residual = _lanczos(points, ones, vector, max_steps)
            if residual.max() <= tolerance:
                break
    return vector


def _start_vector(ones: Tensor) -> Tensor:
    """Return the same pseudo-random vectors each time, (B, n), 0 at padding.

    A random vector has a part of every eigenvector.
    """
    generator = torch.Generator().manual_seed(0)
    noise = torch.randn(ones.shape[1], generator=generator)  # (n,)
    return F.normalize(noise.to(ones) * ones, dim=1)


def _apply(points: Tensor, ones: Tensor, vector: Tensor) -> Tensor:
    """Multiply D̂ of each group by a vector, (B, n) -> (B, n)."""
    column = vector.unsqueeze(2)  # (B, n, 1)
    product = points @ (points.transpose(1, 2) @ column)  # (B, n, 1)
    return product.squeeze(2) - ones * (ones * vector).sum(1, keepdim=True)


def _lanczos(points: Tensor, ones: Tensor, start: Tensor,
             max_steps: int) -> tuple[Tensor, Tensor]:
    """Run Lanczos from one vector a group.

    Args:
        points: Unit-length features, shape (B, n, c).
        ones: 1 at real positions, 0 at padding, shape (B, n).
        start: Unit-norm vectors, shape (B, n).
        max_steps: Size of the Krylov space.

    Returns:
        The Ritz vector of the largest Ritz value, (B, n), and its relative
        residual ‖D̂m − λm‖ / max(λ, 1), (B,).
    """
    batch, num_points = start.shape
    steps = min(max_steps, num_points)
    basis = start.new_zeros(batch, steps, num_points)  # rows: orthonormal
    projected = start.new_zeros(batch, steps, steps)  # basis D̂ basisᵀ
    vector = start
    for step in range(steps):
        basis[:, step] = vector
        image = _apply(points, ones, vector)  # (B, n)
        known = basis[:, :step + 1]  # (B, step + 1, n)
        weights = (known @ image.unsqueeze(2)).squeeze(2)  # (B, step + 1)
        projected[:, step, :step + 1] = weights
        projected[:, :step + 1, step] = weights
        for _ in range(2):  # twice is enough for float32
            overlap = known @ image.unsqueeze(2)  # (B, step + 1, 1)
            image = image - (known.transpose(1, 2) @ overlap).squeeze(2)
        vector = F.normalize(image, dim=1)
    _, ritz = torch.linalg.eigh(projected)  # ascending
    best = (ritz[:, None, :, -1] @ basis).squeeze(1)  # (B, n)
    best = F.normalize(best, dim=1)
    image = _apply(points, ones, best)
    value = (best * image).sum(1, keepdim=True)  # Rayleigh quotient, (B, 1)
    residual = (image - value * best).norm(dim=1) / value.squeeze(1).clamp(1)
    return best, residual
