# Copyright (c) COMNet contributors. All rights reserved.
"""Show what a pipeline has made, as one page: WORK_DIR/report.html.

Results, learning curves, thresholds, classes, time and memory, settings and a
gallery of the best, the median and the worst pictures. The page opens offline
and needs no JavaScript. A run that was cut off shows what is there.
"""

import argparse

from comnet.pipeline import write_report
from comnet.utils import one_line_errors


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('work_dir', help='the --work-dir of a pipeline')
    parser.add_argument(
        '--data-root',
        help='folder of the images, where it is not the one of the run')
    parser.add_argument(
        '--num-pictures', type=int, default=30,
        help='images in the gallery, 6 to 200 (default: %(default)s)')
    return parser.parse_args()


def main() -> None:
    args = parse_args()
    print(write_report(args.work_dir, args.data_root, args.num_pictures))


if __name__ == '__main__':
    with one_line_errors():
        main()
