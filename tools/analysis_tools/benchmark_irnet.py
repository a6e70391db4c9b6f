# Copyright (c) COMNet contributors. All rights reserved.
"""Time a training step of an IRNet with displacements beside one without.

Weights, images and labels are random; the steps are taken in turns and their
times are medians.
"""

from argparse import Namespace
from functools import partial
from pathlib import Path

import torch
from measuring import BenchmarkParser, Call, machine, print_steps
from mmengine.optim import build_optim_wrapper
from mmengine.registry import MODELS
from mmengine.structures import PixelData
from mmseg.structures import SegDataSample
from torch.nn import functional as F

from comnet.engine.config import read_config
from comnet.engine.model import scope_of

LABELS = torch.tensor([0, 0, 1, 2, 255])


def make_parser() -> BenchmarkParser:
    parser = BenchmarkParser(__doc__, repeats=9)
    parser.add_argument('config', type=Path, help='config of an IRNet')
    parser.add_argument(
        '--size', type=int, default=192, help='height and width of the images')
    parser.add_argument('--batch-size', type=int, default=16)
    return parser


def training_step(displacement: bool, args: Namespace) -> Call:
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


def main(args: Namespace) -> None:
    print(machine(args.device))
    print_steps(
        f'Training step, {args.config.stem}, {args.batch_size} images of '
        f'{args.size} x {args.size}',
        {'boundaries': partial(training_step, False, args),
         'and displacements': partial(training_step, True, args)},
        args.device, args.repeats, digits=2)


if __name__ == '__main__':
    make_parser().run(main)
