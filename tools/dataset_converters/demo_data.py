# Copyright (c) COMNet contributors. All rights reserved.
"""Generate a small data set in VOC layout to try every step on.

Example:
    comnet demo-data data/demo
"""

from argparse import Namespace

from comnet.engine.options import CommandParser


def make_parser() -> CommandParser:
    parser = CommandParser(__doc__)
    parser.add_argument('out_dir', help='folder to make, such as data/demo')
    parser.add_argument(
        '--num-train', type=int, default=160,
        help='number of training images (default: %(default)s)')
    parser.add_argument(
        '--num-val', type=int, default=40,
        help='number of validation images (default: %(default)s)')
    parser.add_argument(
        '--size', type=int, nargs=2, default=(320, 240), metavar=('W', 'H'),
        help='image size in pixels (default: 320 240)')
    parser.add_argument(
        '--seed', type=int, default=0,
        help='the same seed gives the same files (default: %(default)s)')
    return parser


def main(args: Namespace) -> None:
    from comnet.converters.demo_data import make_demo_data

    make_demo_data(args.out_dir, args.num_train, args.num_val,
                   tuple(args.size), args.seed)


if __name__ == '__main__':
    make_parser().run(main)
