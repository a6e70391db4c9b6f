# Copyright (c) COMNet contributors. All rights reserved.
"""Time a training step of an IRNet with displacements beside one without.

Weights, images and labels are random; the steps are taken in turns and their
times are medians.
"""

import argparse
import statistics
from functools import partial
from pathlib import Path

import torch
from measuring import (
    Call,
    add_device_option,
    machine,
    print_head,
    print_row,
    timed,
)
from mmengine.optim import build_optim_wrapper
from mmengine.registry import MODELS
from mmengine.structures import PixelData
from mmseg.structures import SegDataSample
from torch.nn import functional as F

from comnet.engine.config import read_config
from comnet.engine.scope import scope_of
from comnet.utils import one_line_errors
from comnet.utils.memory import keep_freed_memory

LABELS = torch.tensor([0, 0, 1, 2, 255])


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('config', type=Path, help='config of an IRNet')
    add_device_option(parser)
    parser.add_argument('--size', type=int, default=192,
                        help='height and width of the images')
    parser.add_argument('--batch-size', type=int, default=16)
    parser.add_argument('--repeats', type=int, default=9)
    return parser.parse_args()


def training_step(displacement: bool, args: argparse.Namespace) -> Call:
    """Return a call that takes a training step on random images."""
    cfg = read_config(args.config)
    cfg.model.backbone.init_cfg = None
    cfg.model.displacement = displacement
    cfg.model.data_preprocessor.size = (args.size, args.size)
    cfg.optim_wrapper.optimizer.lr = 1e-6  # random weights could diverge
    with scope_of(cfg):
        model = MODELS.build(cfg.model).to(args.device).train()
        optim = build_optim_wrapper(model, cfg.optim_wrapper)
    generator = torch.Generator().manual_seed(0)
    shape = (args.batch_size, 3, args.size, args.size)
    images = torch.randint(256, shape, generator=generator, dtype=torch.uint8)
    choice = torch.randint(
        len(LABELS), (args.batch_size, 1, 6, 6), generator=generator)
    labels = F.interpolate(
        LABELS[choice].float(), (args.size, args.size)).long()
    samples = [SegDataSample(gt_sem_seg=PixelData(data=label))
               for label in labels]
    return partial(model.train_step,
                   dict(inputs=list(images), data_samples=samples), optim)


def main() -> None:
    args = parse_args()
    if args.device == 'cpu':
        keep_freed_memory()  # as the training does
    steps = [training_step(displacement, args)
             for displacement in (False, True)]
    for step in steps:
        step()
    times = [[timed(step, args.device) for step in steps]
             for _ in range(args.repeats)]
    without, beside = map(statistics.median, zip(*times, strict=True))
    ratio = statistics.median(second / first for first, second in times)
    print(machine(args.device))
    print_head(
        f'Training step, {args.config.stem}, {args.batch_size} images of '
        f'{args.size} x {args.size}', 'boundaries', 'and displacements',
        'ratio')
    print_row(f'{without * 1e3:.0f} ms', f'{beside * 1e3:.0f} ms',
              f'{ratio:.2f}')


if __name__ == '__main__':
    with one_line_errors():
        main()
