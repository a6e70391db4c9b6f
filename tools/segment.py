# Copyright (c) COMNet contributors. All rights reserved.
"""Segment pictures of any kind with a trained segmentor.

Writes OUT_DIR/NAME.png, the mask in VOC's colours, and
OUT_DIR/overlays/NAME.jpg, the mask over the picture, with a legend.
"""

import json
from argparse import Namespace
from pathlib import Path

from comnet.engine.options import CommandParser
from comnet.utils.given import require_path


def make_parser() -> CommandParser:
    parser = CommandParser(__doc__)
    parser.add_argument(
        'images', nargs='+', type=Path, help='pictures, and folders of them')
    parser.look('images', require_path)
    parser.add_network('a segmentor', '--', run=True, named=True)
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
    parser.add_argument(
        '--device', help='such as cpu or cuda:1 (default: a GPU if there is)')
    parser.add_argument(
        '--json', metavar='FILE',
        help='write what each picture shows: classes, share of the area and '
        'mean probability')
    parser.add('--cfg-options')
    return parser


def main(args: Namespace) -> None:
    from comnet.apis import SegmentationInferencer, given_network
    from comnet.utils.atomic_file import write_bytes

    inferencer = SegmentationInferencer(
        *given_network(
            args.config, args.checkpoint, args.run, args.method,
            model=args.model),
        args.cfg_options, args.tta, args.max_side or None, args.refine,
        args.device)
    found = [each.summary() for each in inferencer.results(
        args.images, args.out_dir)]
    if args.json is not None:
        write_bytes(args.json, (json.dumps(found, indent=1) + '\n').encode())
    print(f'{args.out_dir}: {len(found)} masks')


if __name__ == '__main__':
    make_parser().run(main)
