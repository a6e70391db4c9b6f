# Copyright (c) COMNet contributors. All rights reserved.
"""Turn CAMs into confident labels that an IRNet is trained on.

Images whose labels are there already are skipped, so that a run that was cut
off goes on.
"""

import argparse

from comnet.apis import write_affinity_labels
from comnet.utils import one_line_errors
from comnet.utils.parallel import default_workers


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('data_root', help='folder in VOC layout')
    parser.add_argument('cam_dir', help='folder of the CAMs')
    parser.add_argument('out_dir', help='folder of the PNGs')
    parser.add_argument(
        '--train-list',
        default='ImageSets/Segmentation/train.txt',
        help='list of image ids in data_root (default: %(default)s)')
    parser.add_argument(
        '--fg-threshold',
        type=float,
        default=0.30,
        help='CAM from which on a pixel is foreground (default: %(default)s)')
    parser.add_argument(
        '--bg-threshold',
        type=float,
        default=0.05,
        help='CAM below which a pixel is background (default: %(default)s)')
    parser.add_argument(
        '--crf',
        choices=('labels', 'par', 'none'),
        default='labels',
        help='what refines them: the dense CRF, pixel-adaptive refinement, '
        'which needs no compiler, or nothing (default: %(default)s)')
    parser.add_argument(
        '--workers',
        type=int,
        default=default_workers(),
        help='processes (default: %(default)s)')
    parser.add_argument(
        '--remake',
        action='store_true',
        help='set the folder aside if it was made otherwise')
    return parser.parse_args()


def main() -> None:
    args = parse_args()
    write_affinity_labels(
        args.data_root,
        args.train_list,
        args.cam_dir,
        args.out_dir,
        fg_threshold=args.fg_threshold,
        bg_threshold=args.bg_threshold,
        workers=args.workers,
        remake=args.remake,
        crf=None if args.crf == 'none' else args.crf)


if __name__ == '__main__':
    with one_line_errors():
        main()
