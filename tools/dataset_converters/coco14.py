# Copyright (c) COMNet contributors. All rights reserved.
"""Bring MS COCO 2014 into VOC layout, with labels and masks of 80 classes.

Example:
    comnet coco14 downloads/coco data/coco14
"""

from argparse import Namespace

from comnet.engine.options import CommandParser
from comnet.utils.given import require_path


def make_parser() -> CommandParser:
    parser = CommandParser(__doc__)
    parser.add_argument(
        'source',
        help='folder with train2014.zip, val2014.zip and '
        'annotations_trainval2014.zip, or with what they were extracted to')
    parser.add_argument('target', help='folder to fill, such as data/coco14')
    parser.look('source', require_path)
    parser.add('--workers')
    return parser


def main(args: Namespace) -> None:
    from comnet.converters.coco14 import convert_coco14

    convert_coco14(args.source, args.target, args.workers)


if __name__ == '__main__':
    make_parser().run(main)
