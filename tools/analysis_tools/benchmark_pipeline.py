# Copyright (c) COMNet contributors. All rights reserved.
"""Tell what each step of a pipeline took, from the records in its folder.

Prints seconds, seconds an image and the peak memory of the largest process;
with a second folder that one's, too, and its time in parts of the first's.
"""

from argparse import Namespace

from comnet.engine.options import CommandParser
from comnet.utils.given import require_folder


def make_parser() -> CommandParser:
    parser = CommandParser(__doc__)
    parser.add('work_dir')
    parser.look('work_dir', require_folder)
    parser.look('other', require_folder)
    parser.add_argument(
        'other', nargs='?', help='that of another run, such as one '
        'on another machine')
    return parser


def main(args: Namespace) -> None:
    from pipeline_steps import run

    run(args)


if __name__ == '__main__':
    make_parser().run(main)
