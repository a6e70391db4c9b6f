# Copyright (c) COMNet contributors. All rights reserved.
"""Find what all images of a class have in common, a direction a class.

CAMs are strengthened by it: name the file as directions= of ClassMatching.
"""

from argparse import Namespace

from comnet.engine.field_options import add_field_options, field_values
from comnet.engine.options import CommandParser
from comnet.step_settings import DirectionSettings
from comnet.utils.given import require_training


def make_parser() -> CommandParser:
    parser = CommandParser(__doc__)
    parser.add_network(
        'a classifier', data=True, checkpoint=require_training)
    parser.add_argument('out_dir', help='folder of directions.npz')
    add_field_options(parser, DirectionSettings)
    parser.add('--remake', '--cfg-options', '--launcher')
    return parser


def main(args: Namespace) -> None:
    from comnet.steps import Directions

    Directions(
        args.config, args.checkpoint, args.out_dir, args.cfg_options or {},
        **field_values(args, DirectionSettings)
    ).run(launcher=args.launcher, remake=args.remake)


if __name__ == '__main__':
    make_parser().run(main)
