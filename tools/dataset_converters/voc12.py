# Copyright (c) COMNet contributors. All rights reserved.
"""Bring PASCAL VOC 2012 and SBD together: 10,582 training images.

Example::

    python tools/dataset_converters/voc12.py VOCtrainval_11-May-2012.tar \
        benchmark.tgz data/VOCdevkit/VOC2012 --test VOC2012test.tar
"""

import argparse

from comnet.converters.voc12 import convert_voc12
from comnet.utils import one_line_errors


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('trainval', help='VOCtrainval_11-May-2012.tar, or the '
                        'folder it was extracted to')
    parser.add_argument('sbd', help='benchmark.tgz, or the folder it was '
                        'extracted to')
    parser.add_argument('target', help='folder to fill, such as '
                        'data/VOCdevkit/VOC2012')
    parser.add_argument('--test', help='VOC2012test.tar, for the images of '
                        'the test server')
    parser.add_argument('--workers', type=int, help='processes, by default '
                        'one a core')
    return parser.parse_args()


def main() -> None:
    args = parse_args()
    with one_line_errors():
        convert_voc12(args.trainval, args.sbd, args.target, args.test,
                      args.workers)


if __name__ == '__main__':
    main()
