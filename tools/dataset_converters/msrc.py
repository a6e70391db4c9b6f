# Copyright (c) COMNet contributors. All rights reserved.
r"""Make MSRC14, of 14 classes, from MSRC-v2 and its cleaned-up ground truth.

Example:
    comnet msrc MSRC_ObjCategImageDatabase_v2.zip newsegmentations_mats \
        data/MSRC14
"""

from argparse import Namespace

from comnet.engine.options import CommandParser
from comnet.utils.given import require_path


def make_parser() -> CommandParser:
    parser = CommandParser(__doc__)
    parser.add_argument(
        'images',
        help='MSRC_ObjCategImageDatabase_v2.zip, or the folder it was '
        'extracted to')
    parser.add_argument(
        'ground_truth', help='archive or folder with newsegmentations_mats')
    parser.add_argument('target', help='folder to fill, such as data/MSRC14')
    parser.add_argument(
        '--lists',
        help='folder with train.txt and val.txt; without them every fourth '
        'image is for validation')
    parser.look('images', require_path)
    parser.look('ground_truth', require_path)
    parser.look('lists', require_path)
    parser.add('--workers')
    return parser


def main(args: Namespace) -> None:
    from comnet.converters.msrc import convert_msrc

    convert_msrc(args.images, args.ground_truth, args.target, args.lists,
                 args.workers)


if __name__ == '__main__':
    make_parser().run(main)
