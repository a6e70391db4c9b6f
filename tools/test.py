# Copyright (c) COMNet contributors. All rights reserved.
"""Test a checkpoint: write a classifier's CAMs, or evaluate a segmentor."""

from argparse import Namespace

from comnet.engine.options import CommandParser, write_metrics


def make_parser() -> CommandParser:
    parser = CommandParser(__doc__)
    parser.add_network('a classifier or segmentor', data=True)
    parser.add_argument(
        '--work-dir',
        help='folder of the log, of a classifier\'s CAMs (cams/ID.npz) and a '
        'segmentor\'s masks (masks/ID.png)')
    parser.add('--out')
    parser.add_argument(
        '--tta', action='store_true',
        help='test with the augmentations of the config\'s tta_pipeline')
    parser.add_argument(
        '--show-dir',
        help='folder to draw the masks or CAMs into, over their pictures')
    parser.add('--remake', '--cfg-options', '--launcher')
    return parser


def main(args: Namespace) -> None:
    from comnet.apis import test

    write_metrics(
        test(args.config, args.checkpoint, args.work_dir,
             options=args.cfg_options, tta=args.tta, launcher=args.launcher,
             remake=args.remake, show_dir=args.show_dir), args.out)


if __name__ == '__main__':
    make_parser().run(main)
