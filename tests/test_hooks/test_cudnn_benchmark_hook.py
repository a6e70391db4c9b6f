# Copyright (c) COMNet contributors. All rights reserved.
"""cuDNN looks for its fastest algorithms in a training's iterations alone."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from mmengine.evaluator import Evaluator
from mmengine.model import BaseModel
from mmengine.runner import Runner
from torch import Tensor, nn
from torch.backends import cudnn

from comnet.hooks import CuDNNBenchmarkHook


class Noting(BaseModel):
    """Notes whether cuDNN is to look when it is run."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(1))
        self.noted: list[tuple[str, bool]] = []

    def forward(self, inputs: Tensor, mode: str) -> dict | list:
        """Return a loss or a prediction."""
        self.noted.append((mode, cudnn.benchmark))
        return (dict(loss=self.weight * inputs.sum()) if mode == 'loss'
                else [inputs])


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    with cudnn.flags(benchmark=False, deterministic=False):
        yield


def noted(work_dir: Path) -> list[tuple[str, bool]]:
    """Train for two epochs of an iteration, with a validation after each."""
    loader = dict(
        batch_size=1, num_workers=0, dataset=[dict(inputs=torch.ones(2))],
        collate_fn=dict(type='default_collate'),
        sampler=dict(type='DefaultSampler', shuffle=False))
    model = Noting()
    Runner(
        model, str(work_dir), train_dataloader=loader, val_dataloader=loader,
        optim_wrapper=dict(optimizer=dict(type='SGD', lr=0.01)),
        train_cfg=dict(by_epoch=True, max_epochs=2), val_cfg=dict(),
        val_evaluator=Evaluator([]), experiment_name=work_dir.name,
        custom_hooks=[CuDNNBenchmarkHook()]).train()
    return model.noted


def test_it_looks_in_training_and_in_no_validation(tmp_path: Path) -> None:
    assert noted(tmp_path) == [('loss', True), ('predict', False)] * 2
    assert not cudnn.benchmark


def test_what_a_config_says_holds_outside_of_a_training(
        tmp_path: Path) -> None:
    cudnn.benchmark = True
    assert noted(tmp_path) == [('loss', True), ('predict', True)] * 2


def test_it_never_looks_where_results_are_to_be_the_same(
        tmp_path: Path) -> None:
    cudnn.deterministic = True
    assert noted(tmp_path) == [('loss', False), ('predict', False)] * 2
