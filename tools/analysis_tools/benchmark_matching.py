# Copyright (c) COMNet contributors. All rights reserved.
"""Time COMNet's matching beside the literal method of the paper.

Prints three tables: M* beside the eigendecomposition of D̂, intra-matching
beside an MLP on gathered neighbours, and a training step of COMNet beside one
of plain CAM. Times are medians; memory is what a call needs on top of its
input.
"""

from argparse import Namespace

from benchmark_parser import BenchmarkParser


def make_parser() -> BenchmarkParser:
    parser = BenchmarkParser(__doc__, repeats=5)
    parser.add_argument(
        '--group-sizes', type=int, nargs='+', default=[2, 3, 4, 5, 8, 16])
    parser.add_argument(
        '--max-literal', type=int, default=5,
        help='largest group for the literal method, cubic in its size')
    parser.add_argument(
        '--size', type=int, default=512, help='side of the images')
    parser.add_argument('--channels', type=int, default=2048)
    parser.add_argument(
        '--pairs', type=int, default=1, help='pairs in a training step')
    return parser


def main(args: Namespace) -> None:
    from matching_case import run

    run(args)


if __name__ == '__main__':
    make_parser().run(main)
