# Copyright (c) COMNet contributors. All rights reserved.
"""Make a data set, and a config for it, of pictures and their labels.

Example::

    python tools/dataset_converters/prepare.py pictures tags.csv data/mine
    python tools/pipeline.py data/mine/pipeline.py --work-dir work_dirs/mine
"""

import argparse

from comnet.converters.prepare import LINKS, prepare
from comnet.utils import one_line_errors


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('images', help='folder of pictures')
    parser.add_argument(
        'labels',
        help='their labels: .csv, .json, .npy, one folder a class, or VOC\'s '
        'annotations')
    parser.add_argument('out_dir', help='folder to make, e.g. data/mine')
    parser.add_argument(
        '--val-share', type=float, default=0.2,
        help='share of the images for validation (default: %(default)s)')
    parser.add_argument(
        '--seed', type=int, default=0,
        help='of the choice of these (default: %(default)s)')
    parser.add_argument(
        '--link', choices=LINKS, default='copy',
        help='copy the pictures, or link to them (default: %(default)s)')
    parser.add_argument(
        '--classes', metavar='FILE',
        help='names of the classes, one a line, where the labels hold none '
        '(default: those of the labels, in alphabetical order)')
    parser.add_argument(
        '--config', default='pipeline_r50_voc.py',
        help='pipeline of the package to start from (default: %(default)s)')
    parser.add_argument(
        '--remake', action='store_true',
        help='set the folder aside if it was made otherwise')
    return parser.parse_args()


def main() -> None:
    args = parse_args()
    prepare(
        args.images,
        args.labels,
        args.out_dir,
        val_share=args.val_share,
        seed=args.seed,
        link=args.link,
        classes_file=args.classes,
        config=args.config,
        remake=args.remake)


if __name__ == '__main__':
    with one_line_errors():
        main()
