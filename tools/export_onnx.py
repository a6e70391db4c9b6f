# Copyright (c) COMNet contributors. All rights reserved.
"""Export a segmentor, or a classifier with its CAMs, to an ONNX file.

The input is a picture in RGB, uint8, (1, 3, H, W), of any size from 64 pixels
on. A segmentor gives probs (1, C + 1, H, W) and labels (1, H, W), a classifier
scores (1, C) and maps (1, C, H, W).
"""

from argparse import Namespace

from comnet.engine.options import CommandParser


def make_parser() -> CommandParser:
    parser = CommandParser(__doc__)
    parser.add_network('a segmentor or classifier', run=True)
    parser.add_argument('out', help='file to write, such as model.onnx')
    parser.add_argument(
        '--classifier', action='store_true',
        help="of a run, its classifier in place of its segmentor")
    parser.add('--cfg-options')
    return parser


def main(args: Namespace) -> None:
    from comnet.apis import export_onnx, given_network

    print(export_onnx(
        *given_network(args.config, args.checkpoint, args.run, args.method,
                       'classifier' if args.classifier else 'segmentor'),
        args.out, args.cfg_options))


if __name__ == '__main__':
    make_parser().run(main)
