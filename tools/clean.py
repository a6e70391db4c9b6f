# Copyright (c) COMNet contributors. All rights reserved.
"""Remove what only speeds up a pipeline: its backbone's features.

They lie in WORK_DIR/features. Results, checkpoints and masks stay; a step that
is made anew computes the features once more.
"""

from argparse import Namespace

from comnet.engine.options import CommandParser
from comnet.utils.given import require_run


def make_parser() -> CommandParser:
    parser = CommandParser(__doc__)
    parser.add('work_dir')
    parser.look('work_dir', require_run)
    return parser


def main(args: Namespace) -> None:
    from comnet.pipeline import clean_run

    print(f'{args.work_dir}: {clean_run(args.work_dir) / 2**20:.0f} MiB of '
          'features removed')


if __name__ == '__main__':
    make_parser().run(main)
