# Copyright (c) COMNet contributors. All rights reserved.
"""Run the rows of an ablation table, each over several seeds.

TABLE is 1 to 6 for those of the paper, or a config file such as
configs/ablation/cam_time.py. What is done is skipped, what was cut off goes on
and what rows have in common is made once. OUT/TABLE.json and OUT/TABLE.md are
written anew after each seed.
"""

from argparse import Namespace

from comnet.engine.options import CommandParser
from comnet.utils.given import require_config


def make_parser() -> CommandParser:
    parser = CommandParser(__doc__)
    parser.add_argument('table', help='1 to 6, or a config file of rows')
    parser.look('config', require_config)
    parser.add_argument(
        '--config', default='pipeline_r50_voc.py',
        help="pipeline config file (default: the paper's, on VOC)")
    parser.add('--work-dir')
    parser.add_argument(
        '--out', metavar='DIR',
        help='folder of the table (default: the work dir)')
    parser.add_argument(
        '--seeds', type=int, nargs='+', default=[0], help='of the trainings')
    parser.add_argument(
        '--rows', nargs='+', metavar='NAME',
        help='run only these of the table (default: all)')
    parser.add('--gpus', '--remake', '--cfg-options')
    return parser


def main(args: Namespace) -> None:
    from comnet.pipeline import run_ablation

    print(run_ablation(
        args.table, args.config, args.work_dir, args.out or args.work_dir,
        args.cfg_options, seeds=args.seeds, rows=args.rows, gpus=args.gpus,
        remake=args.remake))


if __name__ == '__main__':
    make_parser().run(main)
