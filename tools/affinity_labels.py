# Copyright (c) COMNet contributors. All rights reserved.
"""Turn CAMs into confident labels that an IRNet is trained on.

Images whose labels are there already are skipped, so that a run that was cut
off goes on.
"""

from argparse import Namespace

from comnet.engine.field_options import add_field_options, field_values
from comnet.engine.options import CommandParser
from comnet.step_settings import AffinitySettings
from comnet.utils.given import require_data_root, require_folder


def make_parser() -> CommandParser:
    parser = CommandParser(__doc__)
    parser.add('data_root', 'cam_dir', 'out_dir')
    parser.add_image_list('--train-list', 'train')
    parser.add_argument(
        '--corrected-dir', help='folder of masks that somebody has drawn, '
        'which are labels as they are')
    add_field_options(parser, AffinitySettings)
    parser.look('data_root', require_data_root)
    parser.look('cam_dir', require_folder)
    parser.add('--workers', '--remake')
    return parser


def main(args: Namespace) -> None:
    from comnet.steps import AffinityLabels

    AffinityLabels(
        args.data_root, args.train_list, args.cam_dir, args.out_dir,
        corrected_dir=args.corrected_dir,
        **field_values(args, AffinitySettings)
    ).run(args.workers, remake=args.remake)


if __name__ == '__main__':
    make_parser().run(main)
