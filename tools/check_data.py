# Copyright (c) COMNet contributors. All rights reserved.
"""Read a whole data set and tell all that is wrong with it.

Ends with status 1 if training or evaluation would fail.
"""

import argparse
import sys
from dataclasses import asdict

from mmengine import dump

from comnet.apis import check_data
from comnet.utils import one_line_errors
from comnet.utils.parallel import default_workers
from comnet.visualization import data_table


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('data_root', help='folder in VOC layout')
    parser.add_argument(
        '--train-list',
        default='ImageSets/Segmentation/train.txt',
        help='list of image ids in data_root (default: %(default)s)')
    parser.add_argument(
        '--val-list',
        default='ImageSets/Segmentation/val.txt',
        help='the same for validation, or none (default: %(default)s)')
    parser.add_argument(
        '--labels',
        help='where the labels stand (default: labels.csv where there is one, '
        'else Annotations)')
    parser.add_argument(
        '--workers',
        type=int,
        default=default_workers(),
        help='processes (default: %(default)s)')
    parser.add_argument(
        '--out', metavar='FILE.json', help='write the findings to this file')
    return parser.parse_args()


def main() -> None:
    args = parse_args()
    report = check_data(
        args.data_root,
        args.train_list,
        None if args.val_list == 'none' else args.val_list,
        args.labels,
        workers=args.workers)
    print(data_table(report))
    for finding in report.findings:
        print(finding)
    print(f'{len(report.errors)} errors, {len(report.warnings)} warnings')
    if args.out:
        dump(asdict(report), args.out, indent=2)
    sys.exit(1 if report.errors else 0)


if __name__ == '__main__':
    with one_line_errors():
        main()
