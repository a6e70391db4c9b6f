# Copyright (c) COMNet contributors. All rights reserved.
"""Test a checkpoint: write a classifier's CAMs, or evaluate a segmentor."""

import argparse

from mmengine import dump
from mmengine.dist import is_main_process

from comnet.apis import test
from comnet.engine.cfg_options import add_cfg_options
from comnet.engine.runner import add_launcher_options
from comnet.utils import one_line_errors


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('config', help='config file')
    parser.add_argument('checkpoint', help='checkpoint file')
    parser.add_argument(
        '--work-dir',
        help='folder of the log, of a classifier\'s CAMs (cams/ID.npz) and a '
        'segmentor\'s masks (masks/ID.png)')
    parser.add_argument(
        '--out', metavar='FILE.json', help='write the metrics to this file')
    parser.add_argument(
        '--tta',
        action='store_true',
        help='test with the augmentations of the config\'s tta_pipeline')
    parser.add_argument(
        '--show-dir',
        help='folder to draw the masks or CAMs into, over their pictures')
    parser.add_argument(
        '--remake',
        action='store_true',
        help='set CAMs aside that were made otherwise')
    add_cfg_options(parser)
    add_launcher_options(parser)
    return parser.parse_args()


def main() -> None:
    args = parse_args()
    metrics = test(
        args.config,
        args.checkpoint,
        args.work_dir,
        args.cfg_options,
        tta=args.tta,
        launcher=args.launcher,
        remake=args.remake,
        show_dir=args.show_dir)
    if args.out and is_main_process():
        dump(metrics, args.out, indent=2)


if __name__ == '__main__':
    with one_line_errors():
        main()
