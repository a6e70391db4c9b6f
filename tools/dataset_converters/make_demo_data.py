# Copyright (c) COMNet contributors. All rights reserved.
"""Generate a small data set in VOC layout to try every stage on.

Example::

    python tools/dataset_converters/make_demo_data.py data/demo
"""

import argparse

from comnet.converters.demo_data import make_demo_data
from comnet.utils import one_line_errors


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__.splitlines()[0],
        formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    parser.add_argument('out_dir', help='folder to make, e.g. data/demo')
    parser.add_argument('--num-train', type=int, default=160,
                        help='number of training images')
    parser.add_argument('--num-val', type=int, default=40,
                        help='number of validation images')
    parser.add_argument('--size', type=int, nargs=2, default=(320, 240),
                        metavar=('W', 'H'), help='image size in pixels')
    parser.add_argument('--seed', type=int, default=0,
                        help='the same seed gives the same files')
    return parser.parse_args()


def main() -> None:
    args = parse_args()
    with one_line_errors():
        make_demo_data(args.out_dir, args.num_train, args.num_val,
                       tuple(args.size), args.seed)


if __name__ == '__main__':
    main()
