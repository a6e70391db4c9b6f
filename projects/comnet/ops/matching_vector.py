# Copyright (c) COMNet contributors. All rights reserved.
"""The solution of inter-matching (COMNet, Eq. 1 to 4) without its matrix."""

import warnings

import torch
from jaxtyping import Bool, Float, Float32
from torch import Tensor
from torch.nn import functional as F

from ..utils import InputError
from ..utils.host import to_host
from .numerics import single_precision

CHECK_EVERY = 2  # Lanczos steps between two tests of convergence on a CPU
CHECK_FIRST = 16  # steps before the first test on a GPU: mostly enough


def matching_vector(features: Float[Tensor, 'groups n c'],
                    valid: Bool[Tensor, 'groups n'] | None = None,
                    max_steps: int = 128,
                    tolerance: float = 1e-5) -> Float32[Tensor, 'groups n']:
    """Return M*, the relaxed cluster indicator of each group.

    M* is the unit-norm eigenvector of D̂ = XᵀX − 11ᵀ to its algebraically
    largest eigenvalue λ, X holding the unit-length features of a group as
    columns. Lanczos iteration with full reorthogonalisation needs only
    D̂v = Xᵀ(Xv) − 1(1ᵀv), so D̂ is never formed: time and memory are linear
    in n. It starts from the length of the features, which is close to M*
    where objects are strongly activated, and is computed in float32.

    The iteration ends when ‖D̂m − λm‖ ≤ ``tolerance`` · λ for every group, or
    where float32 resolves no more (ε · n). Nearly equal largest eigenvalues
    can outlast ``max_steps``: then there is a warning, and the vector lies in
    their common eigenspace, where any vector solves Eq. 4 nearly as well.

    Args:
        features: Features of B groups, shape (B, n, c), n = N · h · w.
        valid: Where the features are no padding, shape (B, n), bool. All-zero
            features are padding in any case. Padding takes no part.
        max_steps: Largest size of the Krylov space.
        tolerance: Bound of the relative residual.

    Returns:
        M*, shape (B, n), float32; its sign is arbitrary. It is 0 at padding,
        and everywhere in a group whose features all have one direction, where
        D̂ is 0 and nothing can be told apart.

    Raises:
        ValueError: Features or a mask of another shape, or no step.
        InputError: Features that are not finite.
    """
    if features.dim() != 3:
        raise ValueError('features must have shape (B, n, c), not '
                         f'{tuple(features.shape)}')
    if valid is not None and valid.shape != features.shape[:2]:
        raise ValueError(f'valid has shape {tuple(valid.shape)}, features of '
                         f'shape {tuple(features.shape)} take '
                         f'{tuple(features.shape[:2])}')
    if max_steps < 1:
        raise ValueError(f'max_steps is {max_steps}, it must be at least 1')
    if features.shape[1] == 0:
        return features.new_zeros(features.shape[:2], dtype=torch.float32)
    with torch.no_grad(), single_precision(features.device.type):
        points = features.float()
        if valid is not None:
            points = points.masked_fill(~valid.bool().unsqueeze(2), 0)
        length = points.norm(dim=2)  # (B, n)
        return _largest_eigenvector(points, length, max_steps, tolerance)


def _largest_eigenvector(points: Tensor, length: Tensor, max_steps: int,
                         tolerance: float) -> Tensor:
    """Run Lanczos iteration until every group has converged.

    Returns:
        The Ritz vector of the largest Ritz value, unit-norm or 0, (B, n).

    Raises:
        InputError: Features that are not finite.
    """
    batch, num_points = length.shape
    ones = length.gt(0).float()  # (B, n), 0 at padding
    scale = ones / length.clamp(torch.finfo(length.dtype).tiny)  # (B, n)
    noise = torch.finfo(length.dtype).eps * ones.sum(1)  # ε · n, (B,)
    max_steps = min(max_steps, num_points)
    basis = points.new_empty(batch, max_steps, num_points)  # rows orthonormal
    projected = points.new_zeros(batch, max_steps, max_steps)  # basis D̂ basisᵀ
    vector = _start_vector(length, ones)
    for step in range(max_steps):
        basis[:, step] = vector
        known = basis[:, :step + 1]  # (B, step + 1, n)
        image = _apply(points, scale, ones, vector)  # D̂v, (B, n)
        weights = known @ image.unsqueeze(2)  # (B, step + 1, 1)
        projected[:, step, :step + 1] = weights.squeeze(2)
        projected[:, :step + 1, step] = weights.squeeze(2)
        image = image - (weights.transpose(1, 2) @ known).squeeze(1)
        overlap = known @ image.unsqueeze(2)  # what float32 left over
        image = image - (overlap.transpose(1, 2) @ known).squeeze(1)
        remainder = image.norm(dim=1)  # (B,)
        # what is left of an exhausted Krylov space is noise: 0 from there on
        remainder = remainder * remainder.gt(noise)
        vector = F.normalize(image, dim=1) * remainder.gt(0).unsqueeze(1)
        if step + 1 < max_steps and not _is_tested(step + 1, length.device):
            continue
        # on the CPU: a GPU is slow at many small eigenproblems
        small, rest, error = to_host(
            projected[:, :step + 1, :step + 1], remainder, noise)
        if not small.isfinite().all():
            raise InputError('the features hold NaN, infinity or values too '
                             'large for float32: training has diverged; '
                             'lower the learning rate')
        values, vectors = torch.linalg.eigh(small)  # ascending
        value = values[:, -1]  # λ, (B,)
        ritz = vectors[:, :, -1]  # (B, step + 1)
        residual = rest * ritz[:, -1].abs()  # ‖D̂m − λm‖, (B,)
        if (residual <= torch.maximum(tolerance * value, error)).all():
            break
    else:
        warnings.warn(
            f'inter-matching has not converged in {max_steps} steps: the '
            'largest eigenvalues are nearly equal', stacklevel=3)
    # 0 where there is nothing to tell apart
    ritz = ritz * value.gt(8 * error).unsqueeze(1)
    ritz = ritz.to(known.device, non_blocking=True)
    return F.normalize((ritz.unsqueeze(1) @ known).squeeze(1), dim=1)


def _is_tested(steps: int, device: torch.device) -> bool:
    """Tell whether convergence is tested after a number of Lanczos steps.

    A test makes the host wait for a GPU, where steps cost less than that.
    """
    if device.type == 'cpu':
        return steps % CHECK_EVERY == 0
    return steps >= CHECK_FIRST and steps.bit_count() == 1  # 16, 32, 64, …


def _start_vector(length: Tensor, ones: Tensor) -> Tensor:
    """Return the centred lengths with some noise, unit-norm, (B, n).

    The noise, the same each time, has a part of every eigenvector.
    """
    generator = torch.Generator().manual_seed(0)
    noise = torch.randn(length.shape[1], generator=generator).to(
        length, non_blocking=True)
    mean = length.sum(1, keepdim=True) / ones.sum(1, keepdim=True).clamp(1)
    start = F.normalize((length - mean) * ones, dim=1)
    return F.normalize(start + 0.1 * F.normalize(noise * ones, dim=1), dim=1)


def _apply(points: Tensor, scale: Tensor, ones: Tensor,
           vector: Tensor) -> Tensor:
    """Multiply D̂ of each group by a vector, (B, n) -> (B, n)."""
    row = (scale * vector).unsqueeze(1)  # (B, 1, n)
    product = row @ points @ points.transpose(1, 2)  # (B, 1, n)
    total = (ones * vector).sum(1, keepdim=True)  # 1ᵀv, (B, 1)
    return scale * product.squeeze(1) - ones * total
