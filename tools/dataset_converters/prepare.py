# Copyright (c) COMNet contributors. All rights reserved.
"""Make a data set, and a config for it, of pictures and their labels.

Example:
    comnet prepare pictures tags.csv data/mine
    comnet pipeline data/mine/pipeline.py --work-dir work_dirs/mine
"""

from argparse import Namespace

from comnet.engine.options import CommandParser
from comnet.utils import InputError
from comnet.utils.constants import LINKS, NEGATIVES, PREPARED_FROM
from comnet.utils.given import require_folder, require_path


def make_parser() -> CommandParser:
    parser = CommandParser(__doc__)
    parser.add_argument('images', help='folder of pictures')
    parser.look('images', require_folder)
    parser.look('labels', require_path)
    parser.look('classes', require_path)
    parser.add_argument(
        'labels',
        help='their labels: .csv, .json, .xml, .npy, one folder a class, or '
        'VOC\'s annotations')
    parser.add_argument('out_dir', help='folder to make, such as data/mine')
    parser.add_argument(
        '--val-share', type=float, default=0.2,
        help='share of the images for validation (default: %(default)s)')
    parser.add_argument(
        '--seed', type=int, default=0,
        help='of the choice of these (default: %(default)s)')
    parser.add_argument(
        '--link', choices=LINKS, default='copy',
        help='copy the pictures, or link to them (default: %(default)s)')
    parser.add_argument(
        '--classes', metavar='FILE',
        help='names of the classes, one a line, where the labels hold none '
        '(default: those of the labels, in alphabetical order)')
    parser.add_argument(
        '--config', default=PREPARED_FROM,
        help='pipeline of the package to start from (default: %(default)s)')
    parser.add_argument(
        '--merge-names', action='store_true',
        help='take names of classes that differ by case or blanks for one '
        '(default: refuse them)')
    parser.add_argument(
        '--negatives', choices=NEGATIVES,
        help='keep pictures that show none of the classes: those that the '
        'labels name without a class, or all without one (default: leave them '
        'out)')
    parser.add_argument(
        '--add', action='store_true',
        help='add pictures to a folder that was made before; those that are '
        'there keep labels and lists')
    parser.add('--remake')
    return parser


def main(args: Namespace) -> None:
    from comnet.converters.added_pictures import add_pictures
    from comnet.converters.prepare import prepare

    if args.add:
        for option, given in (('--classes', args.classes is not None),
                              ('--config', args.config != PREPARED_FROM),
                              ('--remake', args.remake)):
            if given:
                raise InputError(f'{option} beside --add: the folder has that '
                                 'already; leave it out')
        add_pictures(
            args.images, args.labels, args.out_dir, args.val_share, args.seed,
            args.link, args.merge_names, args.negatives)
        return
    prepare(args.images, args.labels, args.out_dir, val_share=args.val_share,
            seed=args.seed, link=args.link, classes_file=args.classes,
            config=args.config, remake=args.remake,
            merge_names=args.merge_names, negatives=args.negatives)


if __name__ == '__main__':
    make_parser().run(main)
