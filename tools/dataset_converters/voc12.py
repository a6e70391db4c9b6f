# Copyright (c) COMNet contributors. All rights reserved.
r"""Bring PASCAL VOC 2012 and SBD together: 10,582 training images.

Example:
    comnet voc12 VOCtrainval_11-May-2012.tar benchmark.tgz \
        data/VOCdevkit/VOC2012 --test VOC2012test.tar
"""

from argparse import Namespace

from comnet.engine.options import CommandParser
from comnet.utils.given import require_path


def make_parser() -> CommandParser:
    parser = CommandParser(__doc__)
    parser.add_argument(
        'trainval',
        help='VOCtrainval_11-May-2012.tar, or the folder it was extracted to')
    parser.add_argument(
        'sbd', help='benchmark.tgz, or the folder it was extracted to')
    parser.add_argument(
        'target', help='folder to fill, such as data/VOCdevkit/VOC2012')
    parser.add_argument(
        '--test', help='VOC2012test.tar, for the images of the test server')
    parser.look('trainval', require_path)
    parser.look('sbd', require_path)
    parser.look('test', require_path)
    parser.add('--workers')
    return parser


def main(args: Namespace) -> None:
    from comnet.converters.voc12 import convert_voc12

    convert_voc12(args.trainval, args.sbd, args.target, args.test,
                  args.workers)


if __name__ == '__main__':
    make_parser().run(main)
