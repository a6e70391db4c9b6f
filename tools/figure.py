# Copyright (c) COMNet contributors. All rights reserved.
"""Draw a figure of the paper from your own run, as PNG and PDF.

4: points of pictures and those that intra-matching finds for them; 5: a pair
with its inter-matching masks, matched points and CAMs; 6: image, truth and the
segmentation of each method of a pipeline.
"""

from argparse import Namespace

from comnet.engine.options import CommandParser
from comnet.utils.given import require_folder, require_path, require_run


def make_parser() -> CommandParser:
    parser = CommandParser(__doc__)
    figures = parser.add_subparsers(dest='figure', required=True)
    for name, text in (('4', 'matched points'), ('5', 'a matched pair')):
        figure = figures.add_parser(name, help=text)
        figure.add_argument('images', nargs='+', help='pictures')
        figure.look('images', require_path)
        figure.add_network('a classifier', '--', run=True)
        figure.add_argument(
            '--label', help='class to map (default: the one found)')
        figure.add('--cfg-options')
    figure = figures.add_parser('6', help='segmentations side by side')
    figure.add('work_dir', '--data-root')
    figure.look('work_dir', require_run)
    figure.look('data_root', require_folder)
    figure.add_argument(
        '--ids', nargs='+', help='validation images (default: evenly spread)')
    figure.add_argument(
        '--num-pictures', type=int, default=6, help='how many without --ids')
    for figure in figures.choices.values():
        figure.add_argument(
            '--out', required=True, help='file to write, .png and .pdf')
    return parser


def main(args: Namespace) -> None:
    from comnet.apis import draw_matched_points, draw_pair, given_network
    from comnet.results import draw_segmentations

    if args.figure == '6':
        files = draw_segmentations(args.work_dir, args.out, args.data_root,
                                   args.ids, args.num_pictures)
    else:
        draw = draw_matched_points if args.figure == '4' else draw_pair
        files = draw(
            *given_network(args.config, args.checkpoint, args.run,
                           args.method, 'classifier'),
            args.images, args.out, args.label, args.cfg_options)
    print(*files, sep='\n')


if __name__ == '__main__':
    make_parser().run(main)
