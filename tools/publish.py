# Copyright (c) COMNet contributors. All rights reserved.
"""Write a checkpoint's weights and classes to a file to give away.

OUT_FILE gets the first digits of its SHA-256: model.pth becomes
model-0123abcd.pth.
"""

from argparse import Namespace

from comnet.engine.options import CommandParser
from comnet.utils.given import require_checkpoint, require_config


def make_parser() -> CommandParser:
    parser = CommandParser(__doc__)
    parser.add_argument('in_file', help='checkpoint of a training')
    parser.look('in_file', require_checkpoint)
    parser.add_argument('out_file', help='file to write, such as model.pth')
    parser.add_argument(
        '--config', help='leave out the pretrained weights that this config, '
        'its own, names and the training has left as they were')
    parser.look('config', require_config)
    return parser


def main(args: Namespace) -> None:
    from comnet.apis import publish_model

    print(publish_model(args.in_file, args.out_file, args.config))


if __name__ == '__main__':
    make_parser().run(main)
