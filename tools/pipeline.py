# Copyright (c) COMNet contributors. All rights reserved.
"""Run all stages from labelled photographs to a segmentor, in order.

What is done is skipped and what was cut off goes on. In the end there is one
table, WORK_DIR/results.json and WORK_DIR/grid.png.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

from mmengine import Config, dump

from comnet.datasets.voc_folder import check_split
from comnet.engine.config import add_cfg_options, read_config
from comnet.pipeline import STAGES, Method, run_stage, stage_results
from comnet.utils import InputError, one_line_errors
from comnet.visualization import draw_grid, results_table

REQUIRED = ('data_root', 'affinity', 'classifier', 'irnet', 'segmentor')


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('config', type=Path, help='pipeline config file')
    parser.add_argument(
        '--work-dir', type=Path, required=True, help='folder of all results')
    parser.add_argument(
        '--stages',
        nargs='+',
        choices=STAGES,
        default=STAGES,
        help='run only these (default: all)')
    parser.add_argument(
        '--baseline',
        action='store_true',
        help='run plain CAM too, beside COMNet')
    parser.add_argument(
        '--seed', type=int, default=0, help='of all trainings')
    parser.add_argument(
        '--gpus', type=int, default=1, help='processes of a training or test')
    parser.add_argument(
        '--num-pictures', type=int, default=6, help='rows of grid.png')
    add_cfg_options(parser)
    return parser.parse_args()


def read_pipeline(path: Path, options: dict | None) -> Config:
    """Read a pipeline config; its config files lie beside it."""
    known = read_config(path)
    for key in options or {}:
        if key.split('.')[0] not in known:
            raise InputError(f'{path}: no setting {key!r}; it has '
                             f'{", ".join(known)}')
    cfg = read_config(path, options)
    for key in REQUIRED:
        if key not in cfg:
            raise InputError(f'{path}: no {key}; a pipeline config names '
                             f'{", ".join(REQUIRED)}')
    for key in ('classifier', 'irnet', 'baseline', 'baseline_irnet',
                'segmentor'):
        if key in cfg:
            cfg[key] = str(path.parent / cfg[key])
    return cfg


def check_data(cfg: Config, stages: Sequence[str]) -> None:
    """Read all the data once, before anything is trained on it."""
    print('reading all images once', flush=True)
    train = read_config(cfg.classifier).test_dataloader.dataset
    check_split(cfg.data_root, train.image_set_path)
    if 'evaluation' in stages:
        val = read_config(cfg.segmentor).test_dataloader.dataset
        check_split(cfg.data_root, val.image_set_path, masks=True)


def main() -> None:
    args = parse_args()
    cfg = read_pipeline(args.config, args.cfg_options)
    networks = dict(COMNet=(cfg.classifier, cfg.irnet))
    if args.baseline:
        if 'baseline' not in cfg:
            raise InputError(f'{args.config}: no baseline to run')
        irnet = cfg.get('baseline_irnet', cfg.irnet)
        networks = dict(CAM=(cfg.baseline, irnet), **networks)
    methods = [
        Method(name, cfg, classifier, irnet, args.work_dir / name.lower(),
               Path(__file__).parent, args.seed, args.gpus)
        for name, (classifier, irnet) in networks.items()
    ]
    if not all(stage_results(method)['seconds'] for method in methods):
        check_data(cfg, args.stages)  # nothing is trained yet
    for method in methods:
        for stage in STAGES:
            if stage in args.stages:
                run_stage(method, stage)
    results = {method.name: stage_results(method) for method in methods}
    dump(results, args.work_dir / 'results.json', indent=2)
    print(results_table(results))
    print(f'written to {args.work_dir / "results.json"}')
    if set(args.stages) == set(STAGES):
        draw_grid(methods, args.work_dir / 'grid.png', args.num_pictures)
        print(f'pictures in {args.work_dir / "grid.png"}')


if __name__ == '__main__':
    with one_line_errors():
        main()
