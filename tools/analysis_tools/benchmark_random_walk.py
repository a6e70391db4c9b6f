# Copyright (c) COMNet contributors. All rights reserved.
"""Time the random walk beside step by step products and IRN's dense matrix.

IRN squares the dense (hw)² transition matrix eight times. A sparse matrix of
SciPy, applied 256 times, gives the same; so does this package's walk. Times
are medians; memory is what a call needs on top of its input.
"""

from argparse import Namespace

from benchmark_parser import BenchmarkParser


def make_parser() -> BenchmarkParser:
    parser = BenchmarkParser(__doc__, repeats=3)
    parser.add_argument(
        '--sizes', nargs='+',
        default=['48x62', '94x125', '188x250', '512x512', '1024x1024'],
        help='heights and widths of the maps, a quarter of the pictures\' '
        '(default: %(default)s; the second is of a VOC image)')
    parser.add_argument(
        '--max-steps', type=int, default=300_000,
        help='largest number of pixels for the walk step by step')
    parser.add_argument(
        '--max-dense', type=int, default=3000,
        help='largest number of pixels for the dense formulation, cubic in '
        'it; 12000 includes VOC, which takes minutes on a CPU')
    return parser


def main(args: Namespace) -> None:
    from random_walk_case import run

    run(args)


if __name__ == '__main__':
    make_parser().run(main)
