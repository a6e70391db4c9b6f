# Copyright (c) COMNet contributors. All rights reserved.
"""Segment pictures of any kind with a trained segmentor.

Writes OUT_DIR/NAME.png, the mask in VOC's colours, and
OUT_DIR/overlays/NAME.jpg, the picture below it, with a legend.
"""

from argparse import Namespace
from pathlib import Path

from comnet.engine.options import CommandParser
from comnet.utils.given import require_path


def make_parser() -> CommandParser:
    parser = CommandParser(__doc__)
    parser.add_argument(
        'images', nargs='+', type=Path, help='pictures, and folders of them')
    parser.look('images', require_path)
    parser.add_network('a segmentor', '--', named=True)
    parser.add_argument(
        '--out-dir', required=True, help='folder of the masks')
    parser.add_argument(
        '--tta', action='store_true',
        help='predict with the augmentations of the config\'s tta_pipeline')
    parser.add_argument(
        '--max-side', type=int, default=1024,
        help='longer side of what the network sees, 0 for the pictures\' own '
        '(default: %(default)s)')
    parser.add_argument(
        '--refine', metavar='REFINER', help='move the edges of the masks to '
        'those of the picture: PAR, DenseCRF or DeepLabCRF')
    parser.add('--cfg-options')
    return parser


def main(args: Namespace) -> None:
    from comnet.apis import segment_images

    masks = segment_images(
        args.model or args.config, args.checkpoint, args.images,
        args.out_dir, args.cfg_options, args.tta, args.max_side or None,
        args.refine)
    print(f'{args.out_dir}: {sum(1 for _ in masks)} masks')


if __name__ == '__main__':
    make_parser().run(main)
