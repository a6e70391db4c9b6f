# Copyright (c) COMNet contributors. All rights reserved.
"""Find what all images of a class have in common, a direction a class.

CAMs are strengthened by it: name the file as directions= of ClassMatching.
"""

from argparse import Namespace

from comnet.engine.field_options import add_field_options, field_values
from comnet.engine.options import CommandParser
from comnet.steps import Directions


def make_parser() -> CommandParser:
    parser = CommandParser(__doc__)
    parser.add_network('a classifier')
    parser.add_argument('out_dir', help='folder of directions.npz')
    add_field_options(parser, Directions, Directions.setting_names())
    parser.add('--remake', '--cfg-options', '--launcher')
    return parser


def main(args: Namespace) -> None:
    Directions(
        args.config, args.checkpoint, args.out_dir, args.cfg_options or {},
        **field_values(args, Directions, Directions.setting_names())
    ).run(launcher=args.launcher, remake=args.remake)


if __name__ == '__main__':
    make_parser().run(main)
