# Copyright (c) COMNet contributors. All rights reserved.
"""Train a classifier, an IRNet or a segmentor."""

from argparse import Namespace

from comnet.engine.options import CommandParser


def make_parser() -> CommandParser:
    parser = CommandParser(__doc__)
    parser.add_config('config file', data=True)
    parser.add_argument(
        '--work-dir', help='folder of logs and checkpoints')
    parser.add_argument(
        '--resume', nargs='?', const=True, default=False,
        metavar='CHECKPOINT',
        help='go on from a checkpoint, by default from the last one in the '
        'work_dir')
    parser.add_argument(
        '--amp', action='store_true', help='train with mixed precision')
    parser.add_argument(
        '--auto-scale-lr', action='store_true',
        help="change the learning rate as the batch of all processes differs "
        "from the config's base_batch_size")
    parser.add_argument(
        '--no-validate', action='store_true', help='do not validate')
    parser.add('--remake', '--cfg-options', '--launcher')
    return parser


def main(args: Namespace) -> None:
    from comnet.apis import train

    train(args.config, args.work_dir, args.cfg_options, resume=args.resume,
          amp=args.amp, auto_scale_lr=args.auto_scale_lr,
          validate=not args.no_validate, launcher=args.launcher,
          remake=args.remake)


if __name__ == '__main__':
    make_parser().run(main)
