# Copyright (c) COMNet contributors. All rights reserved.
"""Take masks back that were drawn anew, as a folder of corrected masks.

All are looked at before any is written. The pipeline's setting corrected_dir
lets them take the place of pseudo masks.
"""

from argparse import Namespace

from comnet.engine.options import CommandParser
from comnet.utils.constants import CORRECTED, MASK_FORMATS
from comnet.utils.given import require_data_root, require_path


def make_parser() -> CommandParser:
    parser = CommandParser(__doc__)
    parser.add_argument(
        'source', help='what the program has written, a folder or file')
    parser.add('data_root')
    parser.add_argument(
        '--format', required=True, choices=MASK_FORMATS,
        help='what the program has written')
    parser.add_argument(
        '--out-dir', help=f'folder of ID.png (default: DATA_ROOT/{CORRECTED})')
    parser.add_image_list('--image-list', 'train')
    parser.look('source', require_path)
    parser.look('data_root', require_data_root)
    return parser


def main(args: Namespace) -> None:
    from comnet.converters.mask_exchange import import_masks

    changed = import_masks(
        args.data_root, args.source, args.format, args.out_dir,
        image_list=args.image_list)
    out = args.out_dir or f'{args.data_root}/{CORRECTED}'
    print(f'{out}: {len(changed)} masks, {sum(changed.values())} of them new '
          'or changed')


if __name__ == '__main__':
    make_parser().run(main)
