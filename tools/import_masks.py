# Copyright (c) COMNet contributors. All rights reserved.
"""Take masks back that were drawn anew, as a folder of corrected masks.

All are looked at before any is written. The pipeline's setting corrected_dir
lets them take the place of pseudo masks.
"""

from argparse import Namespace

from comnet.converters.mask_exchange import CORRECTED, import_masks
from comnet.converters.mask_formats.formats import FORMATS
from comnet.engine.options import CommandParser


def make_parser() -> CommandParser:
    parser = CommandParser(__doc__)
    parser.add_argument(
        'source', help='what the program has written, a folder or file')
    parser.add('data_root')
    parser.add_argument(
        '--format', required=True, choices=FORMATS,
        help='what the program has written')
    parser.add_argument(
        '--out-dir', help=f'folder of ID.png (default: DATA_ROOT/{CORRECTED})')
    parser.add_image_list('--image-list', 'train')
    return parser


def main(args: Namespace) -> None:
    changed = import_masks(
        args.data_root, args.source, args.format, args.out_dir,
        image_list=args.image_list)
    out = args.out_dir or f'{args.data_root}/{CORRECTED}'
    print(f'{out}: {len(changed)} masks, {sum(changed.values())} of them new '
          'or changed')


if __name__ == '__main__':
    make_parser().run(main)
