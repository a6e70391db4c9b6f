# Copyright (c) COMNet contributors. All rights reserved.
"""Measure pseudo masks over lengths, powers and thresholds of the walk.

For data with true masks; the CRF is left out. Prints the mIoU at the best
background threshold and that threshold, for each power (beta) and length.
"""

from argparse import Namespace

from comnet.engine.options import CommandParser
from comnet.utils.given import require_folder


def make_parser() -> CommandParser:
    parser = CommandParser(__doc__)
    parser.add_network('an IRNet', data=True)
    parser.look('cam_dir', require_folder)
    parser.add('cam_dir', '--cfg-options')
    parser.add_argument(
        '--betas', type=float, nargs='+', default=[5, 10, 20])
    parser.add_argument(
        '--num-steps', type=int, nargs='+', default=[16, 32, 64, 128, 256])
    return parser


def main(args: Namespace) -> None:
    from walk_sweep import run

    run(args)


if __name__ == '__main__':
    make_parser().run(main)
