# Copyright (c) COMNet contributors. All rights reserved.
"""Trainings of a line through numbers: they take no time and no pictures."""

from itertools import count
from pathlib import Path

import torch
from mmengine.dataset import BaseDataset
from mmengine.model import BaseModel
from mmengine.runner import Runner
from torch import Tensor, nn

from comnet.engine.runner import SafeRunner

NUMBERS = count()


class Line(BaseModel):
    """Learns to return nothing."""

    def __init__(self, width: int = 3) -> None:
        super().__init__()
        self.layer = nn.Linear(width, 1)

    def forward(self, inputs: Tensor, mode: str = 'tensor') -> dict:
        return dict(loss=self.layer(inputs).square().mean())


def build(work_dir: Path, epochs: int, runner: type = SafeRunner,
          width: int = 3, hooks: dict | None = None,
          data: BaseDataset | list | None = None,
          **settings: object) -> Runner:
    """Build a training of two batches of two an epoch."""
    torch.manual_seed(0)
    data = data or [dict(inputs=torch.full((width, ), float(value)))
                    for value in range(4)]
    built: Runner = runner(**dict(dict(
        model=Line(width),
        work_dir=str(work_dir),
        train_dataloader=dict(
            batch_size=2, num_workers=0, dataset=data,
            collate_fn=dict(type='default_collate'),
            sampler=dict(type='DefaultSampler', shuffle=False)),
        optim_wrapper=dict(optimizer=dict(type='SGD', lr=0.01, momentum=0.9)),
        train_cfg=dict(by_epoch=True, max_epochs=epochs),
        default_hooks=dict(dict(checkpoint=dict(type='CheckpointHook')),
                           **hooks or {}),
        randomness=dict(seed=0),
        experiment_name=f'{work_dir.name}{next(NUMBERS)}'), **settings))
    return built


def train(work_dir: Path, epochs: int, *args: object,
          **settings: object) -> Runner:
    """Train, and return the runner; see :func:`build`."""
    built = build(work_dir, epochs, *args, **settings)
    built.train()
    return built


def weights(runner: Runner) -> Tensor:
    """Return what was learnt."""
    weight: Tensor = runner.model.layer.weight.detach()
    return weight
