# Copyright (c) COMNet contributors. All rights reserved.
"""Pack predicted masks for the evaluation server of PASCAL VOC 2012.

All masks are checked before anything is packed.
"""

from argparse import Namespace

from comnet.engine.options import CommandParser
from comnet.utils.given import require_data_root, require_folder


def make_parser() -> CommandParser:
    parser = CommandParser(__doc__)
    parser.add('data_root')
    parser.look('data_root', require_data_root)
    parser.look('mask_dir', require_folder)
    parser.add_argument(
        'mask_dir', help='folder of the masks that comnet test wrote')
    parser.add_argument('out', metavar='FILE.tgz', help='file to write')
    parser.add_image_list('--image-list', 'test')
    return parser


def main(args: Namespace) -> None:
    from comnet.apis import pack_submission

    number = pack_submission(
        args.data_root, args.image_list, args.mask_dir, args.out)
    print(f'{args.out}: {number} masks')


if __name__ == '__main__':
    make_parser().run(main)
