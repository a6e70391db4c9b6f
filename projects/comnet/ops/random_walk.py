# Copyright (c) COMNet contributors. All rights reserved.
"""Random walk of class activation maps that stops at class boundaries."""

import warnings

import numpy as np
import torch
from scipy import sparse
from torch import Tensor

from ..utils import InputError
from .pixel_paths import offsets_in_map, pair_slices, path_affinity


@torch.no_grad()
def random_walk(cam: Tensor,
                boundary: Tensor,
                radius: int = 5,
                beta: float = 10,
                num_steps: int = 256) -> Tensor:
    """Spread class activation maps within class boundaries.

    IRN, Sec. 5: the walk starts from CAM * (1 - boundary) and follows the
    transition matrix T = A^beta / columns' sums ``num_steps`` times, A being
    the affinities of pixels within the radius. IRN raises the dense T to its
    power; here a sparse T is applied step by step, which gives the same maps
    in time and memory linear in h * w.

    Args:
        cam: Class activation maps, (C, h, w).
        boundary: Probability of a class boundary, (h, w).
        radius: Pixels closer than this are neighbours.
        beta: Power of the affinities.
        num_steps: Length of the walk.

    Returns:
        The maps after the walk, (C, h, w), in float32 (float64 for float64
        maps), whatever autocast says.

    Raises:
        ValueError: The shapes do not fit together.
        InputError: A value is not finite, the boundary no probability, or the
            walk has no such radius, power or length.
    """
    _check_maps(cam, boundary)
    if not (beta >= 0 and num_steps >= 0):
        raise InputError(f'beta is {beta} and num_steps {num_steps}: give '
                         'values that are not negative')
    dtype = torch.promote_types(cam.dtype, torch.float32)
    # In float32 the rounding of T, the same in every step, adds up to 1e-4.
    cam, boundary = cam.double(), boundary.double()
    with torch.autocast(cam.device.type, enabled=False):
        weights, steps = _transition_weights(boundary, radius, beta)
        state = (cam * (1 - boundary)).flatten(1)  # (C, hw)
        walk = _walk_diagonals if cam.device.type == 'cpu' else _walk_csr
        state = walk(state, weights, steps, num_steps)
    return state.reshape(cam.shape).to(dtype)


def _check_maps(cam: Tensor, boundary: Tensor) -> None:
    """Raise an error where the maps cannot be walked on."""
    if cam.dim() != 3 or cam.shape[1:] != boundary.shape:
        raise ValueError(
            f'cam {tuple(cam.shape)} and boundary {tuple(boundary.shape)} do '
            'not fit together: give (C, h, w) and (h, w)')
    if not cam.isfinite().all():
        raise InputError('cam holds NaN or infinite values: make it again')
    if not ((boundary >= 0) & (boundary <= 1)).all():  # false for NaN, too
        raise InputError('boundary holds values outside of 0..1 or NaN: give '
                         'probabilities, the sigmoid of the logits')


def _transition_weights(boundary: Tensor, radius: int,
                        beta: float) -> tuple[Tensor, list[int]]:
    """Return the transposed transition matrix by neighbours.

    The affinities are symmetric: T with columns that sum to one, applied
    from the right, is its transpose with such rows, applied from the left.

    Returns:
        What each pixel takes from each neighbour, (neighbours, hw), 0 where
        that lies outside of the map, and how many pixels after it each
        neighbour comes, row by row.
    """
    height, width = boundary.shape
    offsets = offsets_in_map(radius, boundary.shape)
    # Neighbours from the upper left to the lower right, the pixel itself in
    # the middle.
    weights = boundary.new_zeros(2 * len(offsets) + 1, height, width)
    weights[len(offsets)] = 1
    for i, (offset, affinity) in enumerate(
            path_affinity(boundary, radius), len(offsets) + 1):
        first, second = pair_slices(offset)
        weights[i][first] = weights[-i - 1][second] = affinity**beta
    steps = [dy * width + dx for dy, dx in offsets]
    steps = [-step for step in reversed(steps)] + [0] + steps
    return (weights / weights.sum(dim=0)).flatten(1), steps


def _walk_diagonals(state: Tensor, weights: Tensor, steps: list[int],
                    num_steps: int) -> Tensor:
    """Walk on a CPU: SciPy's products with the matrix's diagonals.

    They run in one thread: in hundreds of short products, threads wait for
    each other much longer than they compute wherever cores are shared.
    """
    # In a narrow map, two neighbours can lie on one diagonal.
    diagonals, row = np.unique(steps, return_inverse=True)
    values = np.zeros((len(diagonals), weights.shape[1]))
    np.add.at(values, row, weights.numpy())
    # SciPy keeps diagonals by columns, these are by rows: transposed.
    matrix = sparse.dia_array(
        (values, -diagonals), shape=(weights.shape[1], ) * 2).T
    maps = list(state.numpy())
    for _ in range(num_steps):
        maps = [matrix @ image_map for image_map in maps]
    return torch.from_numpy(np.array(maps))


def _walk_csr(state: Tensor, weights: Tensor, steps: list[int],
              num_steps: int) -> Tensor:
    """Walk on any device: PyTorch's products with a CSR matrix."""
    weights = weights.T  # (hw, neighbours), columns of the matrix ascending
    pixels = torch.arange(len(weights), device=weights.device)
    columns = pixels[:, None] + pixels.new_tensor(steps)
    present = weights > 0  # neither outside of the map nor cut off
    row_starts = torch.cat((pixels.new_zeros(1), present.sum(1).cumsum(0)))
    with warnings.catch_warnings():
        # The product with a dense matrix is all that is needed of them.
        warnings.filterwarnings('ignore', 'Sparse CSR tensor support is in')
        matrix = torch.sparse_csr_tensor(
            row_starts.int(), columns[present].int(), weights[present],
            size=(len(weights), len(weights)), check_invariants=False)
    state = state.T.contiguous()  # (hw, C)
    for _ in range(num_steps):
        state = matrix @ state
    return state.T
