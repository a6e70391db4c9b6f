# Copyright (c) COMNet contributors. All rights reserved.
"""Time the random walk beside IRN's dense formulation.

IRN squares the dense (hw)² transition matrix eight times; here a sparse one is
applied 256 times. Times are medians; memory is what a call needs on top of
its input.
"""

import argparse
from functools import partial

import torch
from measuring import (
    COST_COLUMNS,
    Call,
    add_device_option,
    cost_cells,
    machine,
    measure,
    print_head,
    print_row,
)
from torch import Tensor
from torch.nn import functional as F

from comnet.ops import random_walk
from comnet.ops.pixel_paths import pair_slices, path_affinity

RADIUS, BETA, NUM_SQUARINGS = 5, 10, 8
CLASSES = 3


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    add_device_option(parser)
    parser.add_argument(
        '--sizes', nargs='+', default=['48x62', '94x125', '512x512'],
        help='heights and widths of the maps (default: %(default)s; the '
        'second is of a VOC image, the third of one with 2048 pixels a side)')
    parser.add_argument(
        '--max-dense', type=int, default=3000,
        help='largest number of pixels for the dense formulation, cubic in '
        'it; 12000 includes VOC, which takes minutes on a CPU')
    parser.add_argument('--repeats', type=int, default=3)
    return parser.parse_args()


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


def sparse_walk(cam: Tensor, boundary: Tensor) -> Tensor:
    """Walk as this package does."""
    return random_walk(cam, boundary, RADIUS, BETA, 2**NUM_SQUARINGS)


def case(height: int, width: int, device: str, dense: bool) -> Call:
    """Return a call of one of the two ways."""
    return partial(dense_walk if dense else sparse_walk,
                   *example(height, width, device))


def main() -> None:
    args = parse_args()
    print(machine(args.device))
    print_head(f'Random walk, {CLASSES} classes, radius {RADIUS}, '
               f'{2**NUM_SQUARINGS} steps', 'map', *COST_COLUMNS,
               'largest difference')
    for name in args.sizes:
        size = tuple(map(int, name.split('x')))
        ours = measure(partial(case, *size, args.device, dense=False),
                       args.device, args.repeats)
        dense, difference = None, '-'
        if size[0] * size[1] <= args.max_dense:
            dense = measure(partial(case, *size, args.device, dense=True),
                            args.device, 1)
            maps = example(*size, args.device)
            expected = dense_walk(*(x.double() for x in maps))
            gap = (sparse_walk(*maps) - expected).abs().max()
            difference = f'{gap / expected.max():.0e}'
        print_row(f'{size[0]} x {size[1]}', *cost_cells(ours, dense),
                  difference)


if __name__ == '__main__':
    main()
