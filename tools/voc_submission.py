# Copyright (c) COMNet contributors. All rights reserved.
"""Pack predicted masks for the evaluation server of PASCAL VOC 2012.

All masks are checked before anything is packed.
"""

import argparse

from comnet.apis import pack_submission
from comnet.utils import one_line_errors


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('data_root', help='folder in VOC layout')
    parser.add_argument(
        'mask_dir', help='folder of the masks that tools/test.py wrote')
    parser.add_argument('out', metavar='FILE.tgz', help='file to write')
    parser.add_argument(
        '--image-list',
        default='ImageSets/Segmentation/test.txt',
        help='list of image ids in data_root (default: %(default)s)')
    return parser.parse_args()


def main() -> None:
    args = parse_args()
    number = pack_submission(
        args.data_root, args.image_list, args.mask_dir, args.out)
    print(f'{args.out}: {number} masks')


if __name__ == '__main__':
    with one_line_errors():
        main()
