# Copyright (c) COMNet contributors. All rights reserved.
"""Train a classifier, an IRNet or a segmentor."""

import argparse

from comnet.apis import train
from comnet.engine.cfg_options import add_cfg_options
from comnet.engine.runner import add_launcher_options
from comnet.utils import one_line_errors


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('config', help='config file')
    parser.add_argument(
        '--work-dir', help='folder of logs and checkpoints')
    parser.add_argument(
        '--resume',
        nargs='?',
        const=True,
        default=False,
        metavar='CHECKPOINT',
        help='go on from a checkpoint, by default from the last one in the '
        'work_dir')
    parser.add_argument(
        '--amp', action='store_true', help='train with mixed precision')
    parser.add_argument(
        '--no-validate', action='store_true', help='do not validate')
    add_cfg_options(parser)
    add_launcher_options(parser)
    return parser.parse_args()


def main() -> None:
    args = parse_args()
    train(
        args.config,
        args.work_dir,
        args.cfg_options,
        resume=args.resume,
        amp=args.amp,
        validate=not args.no_validate,
        launcher=args.launcher)


if __name__ == '__main__':
    with one_line_errors():
        main()
