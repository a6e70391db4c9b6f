# Copyright (c) COMNet contributors. All rights reserved.
"""Read a whole data set and tell all that is wrong with it.

Ends with status 1 if training or evaluation would fail.
"""

import sys
from argparse import Namespace
from dataclasses import asdict

from comnet.engine.options import (
    CommandParser,
    metrics_file,
    write_metrics,
)
from comnet.utils.given import require_folder


def make_parser() -> CommandParser:
    parser = CommandParser(__doc__)
    parser.add('data_root')
    parser.look('data_root', require_folder)
    parser.add_image_list('--train-list', 'train')
    parser.add_image_list(
        '--val-list', 'val', 'the same for validation, or none')
    parser.add_argument(
        '--labels',
        help='where the labels stand (default: labels.csv where there is one, '
        'else Annotations)')
    parser.add('--workers')
    parser.add_argument(
        '--out', type=metrics_file, metavar='FILE.json',
        help='write the findings to this file')
    return parser


def main(args: Namespace) -> None:
    from comnet.datasets.data_check import check_data

    report = check_data(
        args.data_root, args.train_list,
        None if args.val_list == 'none' else args.val_list, args.labels,
        workers=args.workers)
    print(report.table())
    for finding in report.findings:
        print(finding)
    print(f'{len(report.errors)} errors, {len(report.warnings)} warnings')
    write_metrics(asdict(report), args.out)
    sys.exit(1 if report.errors else 0)


if __name__ == '__main__':
    make_parser().run(main)
