# Copyright (c) COMNet contributors. All rights reserved.
"""Time a training step of an IRNet with displacements beside one without.

Weights, images and labels are random; the steps are taken in turns and their
times are medians.
"""

from argparse import Namespace
from pathlib import Path

from benchmark_parser import BenchmarkParser

from comnet.utils.given import require_config


def make_parser() -> BenchmarkParser:
    parser = BenchmarkParser(__doc__, repeats=9)
    parser.add_argument('config', type=Path, help='config of an IRNet')
    parser.look('config', require_config)
    parser.add_argument(
        '--size', type=int, default=192, help='height and width of the images')
    parser.add_argument('--batch-size', type=int, default=16)
    return parser


def main(args: Namespace) -> None:
    from irnet_case import run

    run(args)


if __name__ == '__main__':
    make_parser().run(main)
