# Copyright (c) COMNet contributors. All rights reserved.
"""What is timed of an IRNet."""

from argparse import Namespace
from functools import partial

import torch
from measuring import Call, machine, print_steps
from mmengine.optim import build_optim_wrapper
from mmengine.registry import MODELS
from mmengine.structures import PixelData
from mmseg.structures import SegDataSample
from torch.nn import functional as F

from comnet.engine.config_file import read_config
from comnet.engine.model import scope_of

LABELS = torch.tensor([0, 0, 1, 2, 255])


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


def run(args: Namespace) -> None:
    """Print the tables."""
    print(machine(args.device))
    print_steps(
        f'Training step, {args.config.stem}, {args.batch_size} images of '
        f'{args.size} x {args.size}',
        {'boundaries': partial(training_step, False, args),
         'and displacements': partial(training_step, True, args)},
        args.device, args.repeats, digits=2)
