# Copyright (c) COMNet contributors. All rights reserved.
"""Teach a linear classifier of positions by CAMs, and write its own CAMs.

What it has learnt is a segmentor for pictures without labels, too:
pixel_classifier.pth beside its CAMs, for segment and test.
"""

from argparse import Namespace

from comnet.engine.field_options import add_field_options, field_values
from comnet.engine.options import CommandParser, write_metrics
from comnet.step_settings import PixelSettings
from comnet.utils.given import require_folder, require_training


def make_parser() -> CommandParser:
    parser = CommandParser(__doc__)
    parser.add_network('the classifier whose backbone gives the features',
                       data=True, checkpoint=require_training)
    parser.add('cam_dir')
    parser.add_argument('out_dir', help='folder of the CAMs that it finds')
    parser.look('cam_dir', require_folder)
    add_field_options(parser, PixelSettings)
    parser.add('--out', '--remake', '--cfg-options')
    return parser


def main(args: Namespace) -> None:
    from comnet.steps import PixelClassifier

    step = PixelClassifier(
        args.config, args.checkpoint, args.cam_dir, args.out_dir,
        args.cfg_options or {},
        **field_values(args, PixelSettings))
    write_metrics(step.run(remake=args.remake), args.out)


if __name__ == '__main__':
    make_parser().run(main)
