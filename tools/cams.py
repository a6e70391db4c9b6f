# Copyright (c) COMNet contributors. All rights reserved.
"""Write class activation maps (CAMs), or import those of other code.

With a classifier's config and checkpoint the CAMs of its test images are
computed; images whose file is there already are skipped, so that a run that
was cut off goes on. With --import the CAMs are read from a folder: IRN's
.npy, .npz, or one greyscale PNG a class (ID/CLASS.png).
"""

from argparse import Namespace

from comnet.engine.options import CommandParser, write_metrics
from comnet.utils import InputError
from comnet.utils.given import require_folder


def make_parser() -> CommandParser:
    parser = CommandParser(__doc__)
    parser.add_network(
        'a classifier (no checkpoint with --import)', data=True, run=True)
    parser.add('cam_dir')
    parser.add_argument(
        '--import', dest='source', metavar='DIR',
        help='folder of CAMs that other code has made')
    parser.look('source', require_folder)
    parser.add('--out', '--remake', '--cfg-options', '--launcher')
    return parser


def main(args: Namespace) -> None:
    from comnet.apis import given_network, import_cams, write_cams
    from comnet.engine.config import load_config

    if args.source is not None:
        if args.config is None or args.checkpoint is not None:
            raise InputError('cams: --import beside a checkpoint or a run; '
                             'give the config of a classifier alone with it')
        dataset = load_config(
            args.config, args.cfg_options).test_dataloader.dataset
        metrics = import_cams(dataset.data_root, dataset.image_set_path,
                              args.source, args.cam_dir,
                              labels=dataset.labels, remake=args.remake)
    else:
        config, checkpoint = given_network(
            args.config, args.checkpoint, args.run, args.method, 'classifier')
        assert config is not None and checkpoint is not None  # data were read
        metrics = write_cams(
            config, checkpoint, args.cam_dir, options=args.cfg_options,
            launcher=args.launcher, remake=args.remake)
    write_metrics(metrics, args.out)


if __name__ == '__main__':
    make_parser().run(main)
