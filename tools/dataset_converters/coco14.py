# Copyright (c) COMNet contributors. All rights reserved.
"""Bring MS COCO 2014 into VOC layout, with labels and masks of 80 classes.

Example::

    python tools/dataset_converters/coco14.py downloads/coco data/coco14
"""

import argparse

from comnet.converters.coco14 import convert_coco14
from comnet.utils import one_line_errors


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('source', help='folder with train2014.zip, '
                        'val2014.zip and annotations_trainval2014.zip, or '
                        'with what they were extracted to')
    parser.add_argument('target', help='folder to fill, such as data/coco14')
    parser.add_argument('--workers', type=int, help='processes, by default '
                        'one a core')
    return parser.parse_args()


def main() -> None:
    args = parse_args()
    with one_line_errors():
        convert_coco14(args.source, args.target, args.workers)


if __name__ == '__main__':
    main()
