# Copyright (c) COMNet contributors. All rights reserved.
"""Draw a figure of the paper from your own run, as PNG and PDF.

4: points of pictures and those that intra-matching finds for them; 5: a pair
with its inter-matching masks, matched points and CAMs; 6: image, truth and the
segmentation of each method of a pipeline.
"""

import argparse

from comnet.apis import draw_matched_points, draw_pair
from comnet.engine.cfg_options import add_cfg_options
from comnet.pipeline import draw_segmentations
from comnet.utils import one_line_errors


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    figures = parser.add_subparsers(dest='figure', required=True)
    for name, text in (('4', 'matched points'), ('5', 'a matched pair')):
        figure = figures.add_parser(name, help=text)
        figure.add_argument('images', nargs='+', help='pictures')
        figure.add_argument(
            '--config', required=True, help='config file of a classifier')
        figure.add_argument(
            '--checkpoint', required=True, help='checkpoint file')
        figure.add_argument(
            '--label', help='class to map (default: the one found)')
        add_cfg_options(figure)
    figure = figures.add_parser('6', help='segmentations side by side')
    figure.add_argument('work_dir', help='the --work-dir of a pipeline')
    figure.add_argument(
        '--data-root',
        help='folder of the images, where it is not the one of the run')
    figure.add_argument(
        '--ids', nargs='+', help='validation images (default: evenly spread)')
    figure.add_argument(
        '--num-pictures', type=int, default=6, help='how many without --ids')
    for figure in figures.choices.values():
        figure.add_argument(
            '--out', required=True, help='file to write, .png and .pdf')
    return parser.parse_args()


def main() -> None:
    args = parse_args()
    if args.figure == '6':
        files = draw_segmentations(args.work_dir, args.out, args.data_root,
                                   args.ids, args.num_pictures)
    else:
        draw = draw_matched_points if args.figure == '4' else draw_pair
        files = draw(args.config, args.checkpoint, args.images, args.out,
                     args.label, args.cfg_options)
    print(*files, sep='\n')


if __name__ == '__main__':
    with one_line_errors():
        main()
