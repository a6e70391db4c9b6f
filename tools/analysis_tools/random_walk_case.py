# Copyright (c) COMNet contributors. All rights reserved.
"""What is timed of the random walk."""

from argparse import Namespace
from collections.abc import Callable
from functools import partial

import numpy as np
import torch
from measuring import (
    Cost,
    machine,
    measure,
    print_head,
    print_row,
)
from scipy import sparse
from torch import Tensor
from torch.nn import functional as F

from comnet.ops import random_walk
from comnet.ops.pixel_paths import pair_slices, path_affinity

RADIUS, BETA, NUM_SQUARINGS = 5, 10, 8
CLASSES = 3


def example(height: int, width: int, device: str) -> tuple[Tensor, Tensor]:
    """Draw smooth maps (C, h, w) and a boundary (h, w)."""
    generator = torch.Generator().manual_seed(0)
    coarse = torch.rand(1, CLASSES + 1, 9, 12, generator=generator)
    maps = F.interpolate(coarse, (height, width), mode='bicubic')[0]
    maps = maps.clamp(0, 1).to(device)
    return maps[:CLASSES], maps[CLASSES]**4


def dense_walk(cam: Tensor, boundary: Tensor) -> Tensor:
    """Walk with the dense matrix and its powers, (C, h, w) -> (C, h, w)."""
    height, width = boundary.shape
    index = torch.arange(height * width, device=cam.device)
    index = index.reshape(height, width)
    matrix = torch.eye(height * width, dtype=cam.dtype, device=cam.device)
    for offset, affinity in path_affinity(boundary, RADIUS):
        first, second = (index[part] for part in pair_slices(offset))
        matrix[first, second] = matrix[second, first] = affinity**BETA
    matrix /= matrix.sum(dim=0)
    for _ in range(NUM_SQUARINGS):
        matrix = matrix @ matrix
    return ((cam * (1 - boundary)).flatten(1) @ matrix).reshape(cam.shape)


def stepwise_walk(cam: Tensor, boundary: Tensor) -> Tensor:
    """Walk step by step with the diagonals of a sparse matrix, on a CPU."""
    height, width = boundary.shape
    number = height * width
    bands = {0: np.ones(number)}
    for (dy, dx), affinity in path_affinity(boundary.double().cpu(), RADIUS):
        first, second = pair_slices((dy, dx))
        for step, part in ((dy * width + dx, first), (-dy * width - dx,
                                                      second)):
            band = bands.setdefault(step, np.zeros(number))
            band.reshape(height, width)[part] += affinity.numpy()**BETA
    steps = sorted(bands)
    values = np.stack([bands[step] for step in steps])
    values /= values.sum(axis=0)
    # SciPy keeps diagonals by columns, these are by rows: transposed.
    matrix = sparse.dia_array((values, [-step for step in steps]),
                              shape=(number, number)).T
    maps = list((cam * (1 - boundary)).double().flatten(1).cpu().numpy())
    for _ in range(2**NUM_SQUARINGS):
        maps = [matrix @ image_map for image_map in maps]
    return torch.from_numpy(np.array(maps)).reshape(cam.shape)


our_walk = partial(random_walk, radius=RADIUS, beta=BETA,
                   num_steps=2**NUM_SQUARINGS)


def case(height: int, width: int, device: str,
         walk: Callable[[Tensor, Tensor], Tensor]) -> partial:
    """Return a call of one of the ways."""
    return partial(walk, *example(height, width, device))


def cells(cost: Cost | None, ours: Cost) -> list[str]:
    """Return time, memory and how much faster ours is."""
    if cost is None:
        return ['-', '-', '-']
    return [*cost.cells(), f'{cost.seconds / ours.seconds:.1f}']


def run(args: Namespace) -> None:
    """Print the tables."""
    print(machine(args.device))
    print_head(f'Random walk, {CLASSES} classes, radius {RADIUS}, '
               f'{2**NUM_SQUARINGS} steps', 'map', 'time', 'memory',
               'step by step', 'memory', 'times faster', 'dense', 'memory',
               'times faster', 'largest difference')
    for name in args.sizes:
        size = tuple(map(int, name.split('x')))
        ours = measure(partial(case, *size, args.device, our_walk),
                       args.device, args.repeats)
        steps = dense = None
        difference = '-'
        if size[0] * size[1] <= args.max_steps:
            steps = measure(partial(case, *size, 'cpu', stepwise_walk), 'cpu',
                            args.repeats)
            maps = [x.double() for x in example(*size, 'cpu')]
            expected = stepwise_walk(*maps)
            gap = (our_walk(*maps) - expected).abs().max()
            difference = f'{gap / expected.max():.0e}'
        if size[0] * size[1] <= args.max_dense:
            dense = measure(partial(case, *size, args.device, dense_walk),
                            args.device, 1)
        print_row(f'{size[0]} x {size[1]}', *ours.cells(1),
                  *cells(steps, ours), *cells(dense, ours), difference)
