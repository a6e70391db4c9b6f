# Copyright (c) COMNet contributors. All rights reserved.
"""Show what a pipeline has made, as one page: WORK_DIR/report.html.

Results, learning curves, thresholds, classes, time and memory, settings and a
gallery of the best, the median and the worst pictures. The page opens offline
and needs no JavaScript. A run that was cut off shows what is there.
"""

from argparse import Namespace

from comnet.engine.options import CommandParser
from comnet.utils.given import require_folder, require_run


def make_parser() -> CommandParser:
    parser = CommandParser(__doc__)
    parser.add('work_dir', '--data-root', '--num-pictures')
    parser.look('work_dir', require_run)
    parser.look('data_root', require_folder)
    return parser


def main(args: Namespace) -> None:
    from comnet.results import write_report

    print(write_report(args.work_dir, args.data_root, args.num_pictures))


if __name__ == '__main__':
    make_parser().run(main)
