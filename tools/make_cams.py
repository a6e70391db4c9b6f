# Copyright (c) COMNet contributors. All rights reserved.
"""Write class activation maps (CAMs), or import those of other code.

With a classifier's config and checkpoint the CAMs of its test images are
computed; images whose file is there already are skipped, so that a run that
was cut off goes on. With --import the CAMs are read from a folder: IRN's
.npy, .npz, or one greyscale PNG a class (ID/CLASS.png).
"""

import argparse

from mmengine import dump
from mmengine.dist import is_main_process

from comnet.apis import import_cams, write_cams
from comnet.engine.cfg_options import add_cfg_options
from comnet.engine.config import load_config
from comnet.engine.runner import add_launcher_options
from comnet.utils import InputError, one_line_errors


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('config', help='config file of the classifier')
    parser.add_argument(
        'checkpoint', nargs='?', help='its checkpoint; none with --import')
    parser.add_argument('cam_dir', help='folder of the .npz')
    parser.add_argument(
        '--import', dest='source', metavar='DIR',
        help='folder of CAMs that other code has made')
    parser.add_argument(
        '--out', metavar='FILE.json', help='write the metrics to this file')
    parser.add_argument(
        '--remake',
        action='store_true',
        help='set the folder aside if it was made otherwise')
    add_cfg_options(parser)
    add_launcher_options(parser)
    return parser.parse_args()


def main() -> None:
    args = parse_args()
    if (args.checkpoint is None) == (args.source is None):
        raise InputError('make_cams: give either a checkpoint or --import DIR')
    if args.source is not None:
        dataset = load_config(
            args.config, args.cfg_options).test_dataloader.dataset
        metrics = import_cams(args.source, dataset.data_root,
                              dataset.image_set_path, args.cam_dir,
                              labels=dataset.labels, remake=args.remake)
    else:
        metrics = write_cams(args.config, args.checkpoint, args.cam_dir,
                             args.cfg_options, args.launcher, args.remake)
    if args.out and is_main_process():
        dump(metrics, args.out, indent=2)


if __name__ == '__main__':
    with one_line_errors():
        main()
