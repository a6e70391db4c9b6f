# Copyright (c) COMNet contributors. All rights reserved.
"""Run all stages from labelled photographs to a segmentor, in order.

What is done is skipped and what was cut off goes on; what is stale, because a
setting or an input is another one now, is named. In the end there is one
table, WORK_DIR/results.json and WORK_DIR/report.html, which shows it all.
"""

import argparse

from comnet.engine.cfg_options import add_cfg_options
from comnet.pipeline import STAGES, run_pipeline
from comnet.utils import one_line_errors
from comnet.visualization import results_table


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('config', help='pipeline config file')
    parser.add_argument(
        '--work-dir', required=True, help='folder of all results')
    parser.add_argument(
        '--methods',
        nargs='+',
        metavar='NAME',
        help='run only these of the config (default: all)')
    parser.add_argument(
        '--stages',
        nargs='+',
        choices=STAGES,
        default=STAGES,
        help='run only these (default: all)')
    parser.add_argument(
        '--remake',
        action='store_true',
        help='set stale output aside (STAGE.old-1) and make it anew')
    parser.add_argument(
        '--seed', type=int, default=0, help='of all trainings')
    parser.add_argument(
        '--gpus', type=int, default=1, help='processes of a stage')
    parser.add_argument(
        '--num-pictures', type=int, default=30,
        help='images in report.html, 6 to 200 (default: %(default)s)')
    add_cfg_options(parser)
    return parser.parse_args()


def main() -> None:
    args = parse_args()
    results = run_pipeline(
        args.config,
        args.work_dir,
        args.cfg_options,
        methods=args.methods,
        stages=args.stages,
        seed=args.seed,
        gpus=args.gpus,
        remake=args.remake,
        num_pictures=args.num_pictures)
    print(results_table(results))


if __name__ == '__main__':
    with one_line_errors():
        main()
