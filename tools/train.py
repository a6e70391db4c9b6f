# Copyright (c) COMNet contributors. All rights reserved.
"""Train a classifier, an IRNet or a segmentor."""

import argparse

from mmengine.device import get_device
from mmengine.model import is_model_wrapper

from comnet.engine.checkpoint import check_pretrained, load_weights
from comnet.engine.config import load_config
from comnet.engine.runner import add_runner_options, build_runner
from comnet.utils import InputError, one_line_errors


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('config', help='config file')
    parser.add_argument(
        '--resume',
        nargs='?',
        const='auto',
        metavar='CHECKPOINT',
        help='go on from a checkpoint, by default from the last one in the '
        'work_dir')
    parser.add_argument(
        '--amp', action='store_true', help='train with mixed precision')
    parser.add_argument(
        '--no-validate', action='store_true', help='do not validate')
    add_runner_options(parser)
    return parser.parse_args()


def main() -> None:
    args = parse_args()
    cfg = load_config(args.config, args.cfg_options)
    if args.amp:
        if get_device() == 'cpu':
            raise InputError('--amp: mixed precision takes a GPU; do without')
        cfg.optim_wrapper.type = 'AmpOptimWrapper'
        cfg.optim_wrapper.setdefault('loss_scale', 'dynamic')
    if args.no_validate:
        cfg.val_cfg = cfg.val_dataloader = cfg.val_evaluator = None
    if args.resume:
        cfg.resume = True
        cfg.load_from = None if args.resume == 'auto' else args.resume
    runner = build_runner(cfg, args)
    model = runner.model.module if is_model_wrapper(
        runner.model) else runner.model
    check_pretrained(model.backbone, cfg.model.backbone.get('init_cfg'))
    if args.resume not in (None, 'auto'):
        load_weights(model, args.resume)  # to see that they are this model's
    runner.train()


if __name__ == '__main__':
    with one_line_errors():
        main()
