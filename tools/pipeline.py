# Copyright (c) COMNet contributors. All rights reserved.
"""Run all steps from labelled photographs to a segmentor, in order.

What is done is skipped and what was cut off goes on; what is stale, because a
setting or an input is another one now, is named. In the end there is one
table, WORK_DIR/results.json and WORK_DIR/report.html, which shows it all.

The steps are classifier, cam, affinity, irnet, pseudo, segmentor and
evaluation, where the config leaves none out and adds none.
"""

from argparse import Namespace

from comnet.engine.options import CommandParser


def make_parser() -> CommandParser:
    parser = CommandParser(__doc__)
    parser.add_config('pipeline config file', data=True)
    parser.add('--work-dir')
    parser.add_argument(
        '--quick', action='store_true',
        help='take a first look, in WORK_DIR-quick: lite0/pipeline_quick.py '
        'on the data of the config, with small pictures and without IRNet')
    parser.add('--methods')
    parser.add_argument(
        '--steps', nargs='+', metavar='NAME',
        help='run only these (default: all)')
    parser.add('--seed', '--gpus', '--num-pictures', '--remake',
               '--cfg-options')
    return parser


def main(args: Namespace) -> None:
    from comnet.apis import segment_command
    from comnet.pipeline import quick_work_dir, run_pipeline, run_quick
    from comnet.results import RunFile, results_summary

    run = run_quick if args.quick else run_pipeline
    results = run(
        args.config, args.work_dir, args.cfg_options, methods=args.methods,
        steps=args.steps, seed=args.seed, gpus=args.gpus, remake=args.remake,
        num_pictures=args.num_pictures)
    folder = quick_work_dir(args.work_dir) if args.quick else args.work_dir
    print(results_summary(RunFile.read(folder), results))
    if command := segment_command(folder):
        print(f'use it: {command}')


if __name__ == '__main__':
    make_parser().run(main)
