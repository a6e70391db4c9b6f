# Copyright (c) COMNet contributors. All rights reserved.
"""Test a checkpoint: write a classifier's CAMs, or evaluate a segmentor."""

import argparse

from mmengine import dump
from mmengine.dist import is_main_process

from comnet.engine.checkpoint import load_weights
from comnet.engine.config import load_config
from comnet.engine.runner import add_runner_options, build_runner
from comnet.utils import InputError, one_line_errors


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('config', help='config file')
    parser.add_argument('checkpoint', help='checkpoint file')
    parser.add_argument(
        '--out', metavar='FILE.json', help='write the metrics to this file')
    parser.add_argument(
        '--tta',
        action='store_true',
        help='test with the augmentations of the config\'s tta_pipeline')
    add_runner_options(parser)
    return parser.parse_args()


def main() -> None:
    args = parse_args()
    cfg = load_config(args.config, args.cfg_options)
    if args.tta:
        if 'tta_pipeline' not in cfg:
            raise InputError(f'{args.config}: no tta_pipeline; do not give '
                             '--tta')
        cfg.test_dataloader.dataset.pipeline = cfg.tta_pipeline
        cfg.model = dict(**cfg.tta_model, module=cfg.model)
    runner = build_runner(cfg, args)
    load_weights(runner.model, args.checkpoint)
    metrics = runner.test()
    if args.out and is_main_process():
        dump(metrics, args.out, indent=2)


if __name__ == '__main__':
    with one_line_errors():
        main()
