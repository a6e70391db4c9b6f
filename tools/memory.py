# Copyright (c) COMNet contributors. All rights reserved.
"""Estimate the memory that a config takes on a GPU, on any machine.

What tensors take at the peak of a training step and, with --picture, of the
CAMs of a picture. CUDA itself takes 1 to 2 GiB more; the workspaces of cuDNN
and gaps between blocks are not known in advance.
"""

import re
from argparse import ArgumentTypeError, Namespace

from comnet.engine.options import CommandParser


def make_parser() -> CommandParser:
    parser = CommandParser(__doc__)
    parser.add_config('config file of a network')
    parser.add_argument(
        '--amp', action='store_true', help='train with mixed precision')
    parser.add_argument(
        '--picture', type=read_size, metavar='WIDTHxHEIGHT',
        help='size of a picture whose CAMs are computed, such as 500x375')
    parser.add('--gpus', '--cfg-options')
    return parser


def read_size(text: str) -> tuple[int, int]:
    """Return the height and width of a picture that is 500x375."""
    found = re.fullmatch(r'(\d+)x(\d+)', text)
    if not found:
        raise ArgumentTypeError(f'{text}: give WIDTHxHEIGHT')
    return int(found[2]), int(found[1])


def main(args: Namespace) -> None:
    from comnet.apis import cam_memory, training_memory
    from comnet.results import memory_table

    step = training_memory(
        args.config, args.cfg_options, amp=args.amp, gpus=args.gpus)
    parts = {
        'weights': step.weights, "the optimiser's state": step.state,
        'gradients': step.gradients, 'activations': step.activations,
        'a training step': step.peak}
    if args.picture:
        height, width = args.picture
        parts[f'CAMs of {width} x {height}'] = cam_memory(
            args.config, args.picture, args.cfg_options)
    height, width = step.size
    print(memory_table(
        f'{step.images} images of {width} x {height}', parts), end='')
    peak = max(parts.values()) / 2**30
    print(f'expect {peak + 1:.1f} to {peak + 2:.1f} GiB, with what CUDA '
          'itself takes')


if __name__ == '__main__':
    make_parser().run(main)
