# Copyright (c) COMNet contributors. All rights reserved.
"""Segment a picture, or map its classes, and write what is seen.

With the config of a segmentor: the mask and an overlay; with that of a
classifier: a heat map of each class that it finds.
"""

from argparse import Namespace

from comnet.apis import CAMInferencer, SegmentationInferencer
from comnet.engine.config_file import read_config
from comnet.engine.options import CommandParser


def make_parser() -> CommandParser:
    parser = CommandParser(__doc__)
    parser.add_argument('img', help='picture, or folder of pictures')
    parser.add_argument('config', help='config file')
    parser.add_argument('checkpoint', help='checkpoint file')
    parser.add_argument(
        '--out-dir', default='demo_out', help='(default: %(default)s)')
    return parser


def main(args: Namespace) -> None:
    hooks = read_config(args.config).get('default_hooks') or {}
    inferencer = CAMInferencer if hooks.get('cam') else SegmentationInferencer
    inferencer(args.config, args.checkpoint)(args.img, out_dir=args.out_dir)
    print(args.out_dir)


if __name__ == '__main__':
    make_parser().run(main)
