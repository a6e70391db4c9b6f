# Copyright (c) COMNet contributors. All rights reserved.
"""Segment pictures of any kind with a trained segmentor.

Writes OUT_DIR/NAME.png, the mask in VOC's colours, and
OUT_DIR/overlays/NAME.jpg, the picture below it, with a legend.
"""

import argparse
from pathlib import Path

from comnet.apis import segment_images
from comnet.engine.cfg_options import add_cfg_options
from comnet.utils import one_line_errors


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        'images', nargs='+', type=Path, help='pictures, and folders of them')
    parser.add_argument('--config', required=True, help='config file')
    parser.add_argument('--checkpoint', required=True, help='checkpoint file')
    parser.add_argument(
        '--out-dir', required=True, help='folder of the masks')
    parser.add_argument(
        '--tta',
        action='store_true',
        help='predict with the augmentations of the config\'s tta_pipeline')
    parser.add_argument(
        '--max-side',
        type=int,
        default=1024,
        help='longer side of what the network sees, 0 for the pictures\' own '
        '(default: %(default)s)')
    add_cfg_options(parser)
    return parser.parse_args()


def main() -> None:
    args = parse_args()
    masks = segment_images(
        args.config, args.checkpoint, args.images, args.out_dir,
        args.cfg_options, args.tta, args.max_side or None)
    print(f'{args.out_dir}: {sum(1 for _ in masks)} masks')


if __name__ == '__main__':
    with one_line_errors():
        main()
