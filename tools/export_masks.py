# Copyright (c) COMNet contributors. All rights reserved.
"""Write pictures and masks for a program in which masks are drawn.

With --number the most suspicious ones, in that order: masks without a pixel of
a label or with a class that is none, empty, tiny or of the whole picture.
What is drawn comes back by comnet import-masks.
"""

from argparse import Namespace

from comnet.engine.options import CommandParser
from comnet.utils.constants import MASK_FORMATS
from comnet.utils.given import require_folder


def make_parser() -> CommandParser:
    parser = CommandParser(__doc__)
    parser.add_argument(
        'mask_dir', help='folder of ID.png: pseudo masks or predictions')
    parser.add_argument('out_dir', help='folder to make')
    parser.add_argument(
        '--format', required=True, choices=MASK_FORMATS,
        help='what the program reads')
    parser.add('--data-root')
    parser.add_image_list('--image-list', 'train')
    parser.add_argument(
        '--number', type=int,
        help='masks to write, the most suspicious first (default: all)')
    parser.add_argument(
        '--labels',
        help='where the labels stand (default: labels.csv where there is one, '
        'else Annotations)')
    parser.add_argument(
        '--cam-dir', help='folder of the CAMs, whose scores tell what is '
        'unsure')
    parser.add_argument(
        '--tolerance', type=float, default=0,
        help='pixels by which outlines of yolo and labelme may be simplified '
        '(default: %(default)s, which keeps each pixel)')
    parser.look('mask_dir', require_folder)
    parser.look('data_root', require_folder)
    parser.look('cam_dir', require_folder)
    return parser


def main(args: Namespace) -> None:
    from comnet.converters.mask_exchange import export_masks
    from comnet.steps.run_file import run_data_root

    suspicions = export_masks(
        args.data_root or run_data_root(args.mask_dir), args.mask_dir,
        args.out_dir, args.format, image_list=args.image_list,
        number=args.number, labels=args.labels, cam_dir=args.cam_dir,
        tolerance=args.tolerance)
    for suspicion in suspicions:
        if args.number or suspicion.reasons:
            print(suspicion)
    print(f'{args.out_dir}: {len(suspicions)} masks as {args.format}')


if __name__ == '__main__':
    make_parser().run(main)
