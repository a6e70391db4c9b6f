# Copyright (c) COMNet contributors. All rights reserved.
"""Time the directions of all classes beside the matching of small groups.

Pictures are stubbed by random features. Prints a table of one pass over a
quarter, a half and all of them, on the CPU and without the network, and one
of M* of groups. Memory is what a call needs on top of its input.
"""

from argparse import Namespace

from comnet.engine.options import CommandParser


def make_parser() -> CommandParser:
    parser = CommandParser(__doc__)
    parser.add_argument('--pictures', type=int, default=10582)
    parser.add_argument(
        '--points', type=int, default=400, help='positions of a picture')
    parser.add_argument('--channels', type=int, default=2048)
    parser.add_argument(
        '--components', type=int, default=512,
        help='principal directions that features are projected on')
    parser.add_argument('--classes', type=int, default=20)
    parser.add_argument('--group-sizes', type=int, nargs='+', default=[2, 5])
    return parser


def main(args: Namespace) -> None:
    from class_directions_case import run

    run(args)


if __name__ == '__main__':
    make_parser().run(main)
