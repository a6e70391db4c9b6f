# Copyright (c) COMNet contributors. All rights reserved.
"""Make MSRC14, of 14 classes, from MSRC-v2 and its cleaned-up ground truth.

Example::

    python tools/dataset_converters/msrc.py MSRC_ObjCategImageDatabase_v2.zip \
        newsegmentations_mats data/MSRC14
"""

import argparse

from comnet.converters.msrc import convert_msrc
from comnet.utils import one_line_errors


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('images', help='MSRC_ObjCategImageDatabase_v2.zip, or '
                        'the folder it was extracted to')
    parser.add_argument('ground_truth', help='archive or folder with '
                        'newsegmentations_mats')
    parser.add_argument('target', help='folder to fill, such as data/MSRC14')
    parser.add_argument('--lists', help='folder with train.txt and val.txt; '
                        'without them every fourth image is for validation')
    parser.add_argument('--workers', type=int, help='processes, by default '
                        'one a core')
    return parser.parse_args()


def main() -> None:
    args = parse_args()
    with one_line_errors():
        convert_msrc(args.images, args.ground_truth, args.target, args.lists,
                     args.workers)


if __name__ == '__main__':
    main()
