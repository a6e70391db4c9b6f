# Copyright (c) COMNet contributors. All rights reserved.
"""Run the rows of an ablation table, each over several seeds.

TABLE is 1 to 6 for those of the paper, or a config file such as
configs/ablation/cam_time.py. What is done is skipped, what was cut off goes on
and what rows have in common is made once. OUT/TABLE.json and OUT/TABLE.md are
written anew after each seed.
"""

import argparse

from comnet.engine.cfg_options import add_cfg_options
from comnet.pipeline import run_ablation
from comnet.utils import one_line_errors


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('table', help='1 to 6, or a config file of rows')
    parser.add_argument(
        '--config', default='pipeline_r50_voc.py',
        help="pipeline config file (default: the paper's, on VOC)")
    parser.add_argument(
        '--work-dir', required=True, help='folder of all stages')
    parser.add_argument(
        '--out', default='docs/results',
        help='folder of the table (default: docs/results)')
    parser.add_argument(
        '--seeds', type=int, nargs='+', default=[0], help='of the trainings')
    parser.add_argument(
        '--rows',
        nargs='+',
        metavar='NAME',
        help='run only these of the table (default: all)')
    parser.add_argument(
        '--remake',
        action='store_true',
        help='set stale output aside (STAGE.old-1) and make it anew')
    parser.add_argument(
        '--gpus', type=int, default=1, help='processes of a stage')
    add_cfg_options(parser)
    return parser.parse_args()


def main() -> None:
    args = parse_args()
    print(run_ablation(
        args.table,
        args.config,
        args.work_dir,
        args.out,
        args.cfg_options,
        seeds=args.seeds,
        rows=args.rows,
        gpus=args.gpus,
        remake=args.remake))


if __name__ == '__main__':
    with one_line_errors():
        main()
