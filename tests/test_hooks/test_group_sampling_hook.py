# Copyright (c) COMNet contributors. All rights reserved.
"""New partners in each epoch, the same ones after a resumption."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from mmengine.dataset import (
    ClassBalancedDataset,
    ConcatDataset,
    InfiniteSampler,
    RepeatDataset,
)
from mmengine.model import BaseModel
from mmengine.registry import HOOKS, DefaultScope
from mmengine.runner import IterBasedTrainLoop, Runner
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset, Subset

from comnet.datasets import PairedVOCDataset, VOCLabelDataset

PIPELINE = [
    dict(type='LoadVOCImage'),
    dict(type='mmpretrain.PackInputs', meta_keys=('img_id', )),
]


def groups(root: Path, epochs: range, seed: int) -> list[list[list[int]]]:
    """Return all groups of each epoch of a training."""
    dataset = PairedVOCDataset(str(root))
    hook = HOOKS.build(dict(type='GroupSamplingHook'))
    seen = []
    for epoch in epochs:
        hook.before_train_epoch(SimpleNamespace(
            train_dataloader=SimpleNamespace(dataset=dataset),
            train_loop=None, epoch=epoch, seed=seed))
        seen.append([dataset.group_indices(idx) for idx in range(12)])
    return seen


def test_epochs_differ(demo_root: Path) -> None:
    first, second, third = groups(demo_root, range(3), seed=0)
    assert first != second != third != first


def test_resumed_training_goes_on_with_the_same_groups(
        demo_root: Path) -> None:
    whole = groups(demo_root, range(4), seed=3)
    assert groups(demo_root, range(2, 4), seed=3) == whole[2:]


def test_seed_of_the_training_counts(demo_root: Path) -> None:
    assert groups(demo_root, range(1), 0) != groups(demo_root, range(1), 1)


class Recorder(BaseModel):
    """A model that notes the images it is trained with."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(1))
        self.seen: list[list[str]] = []

    def forward(self, inputs: list[Tensor], data_samples: list,
                mode: str) -> dict[str, Tensor]:
        """Take a training step."""
        self.seen.append([sample.img_id for sample in data_samples])
        return dict(loss=self.weight.sum())


def train(root: Path, work_dir: Path, sampler: str, num_workers: int = 0,
          resume_from: Path | None = None) -> list[list[str]]:
    """Train by iterations, 3 a pass, and return the images of each."""
    model = Recorder()
    # what a Runner makes the default ends with the training
    with DefaultScope.overwrite_default_scope('mmpretrain'):
        runner = Runner(
            model=model,
            work_dir=str(work_dir),
            train_dataloader=dict(
                batch_size=4,
                num_workers=num_workers,
                sampler=dict(type=sampler, shuffle=True),
                collate_fn=dict(type='group_collate'),
                dataset=PairedVOCDataset(str(root), pipeline=PIPELINE)),
            train_cfg=dict(by_epoch=False, max_iters=9),
            optim_wrapper=dict(optimizer=dict(type='SGD', lr=0.1)),
            default_hooks=dict(
                checkpoint=dict(type='CheckpointHook', interval=4,
                                by_epoch=False),
                groups=dict(type='GroupSamplingHook')),
            load_from=str(resume_from) if resume_from else None,
            resume=resume_from is not None,
            randomness=dict(seed=3),
            default_scope='mmpretrain',
            experiment_name=work_dir.name)
        runner.train()
    return model.seen


@pytest.mark.parametrize('sampler, num_workers', [
    ('DefaultSampler', 0), ('DefaultSampler', 2), ('InfiniteSampler', 0)])
def test_training_by_iterations_draws_anew_in_each_pass(
        demo_root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
        sampler: str, num_workers: int) -> None:
    monkeypatch.setattr('mmengine.runner.loops.time.sleep', lambda _: None)
    whole = train(demo_root, tmp_path / 'whole', sampler, num_workers)
    partners = [
        {pair for batch in whole[first:first + 3]
         for pair in zip(batch[::2], batch[1::2], strict=True)}
        for first in (0, 3, 6)]
    assert [len(pairs) for pairs in partners] == [12] * 3
    assert partners[0] != partners[1] != partners[2] != partners[0]
    dataset = PairedVOCDataset(str(demo_root), pipeline=PIPELINE)
    for number, pairs in enumerate(partners):
        dataset.set_epoch(number, seed=3)
        ids = [dataset.get_data_info(idx)['img_id'] for idx in range(12)]
        assert pairs == {(ids[idx], ids[dataset.group_indices(idx)[1]])
                         for idx in range(12)}
    resumed = train(
        demo_root, tmp_path / 'resumed', sampler, num_workers,
        resume_from=tmp_path / 'whole/iter_4.pth')
    assert resumed == whole[4:]


def test_pass_of_one_of_several_processes(
        demo_root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    dataset = PairedVOCDataset(str(demo_root))
    sampler = InfiniteSampler(dataset, seed=0)
    sampler.world_size = 2
    loader = DataLoader(dataset, batch_size=2, sampler=sampler)
    hook = HOOKS.build(dict(type='GroupSamplingHook'))
    loop = IterBasedTrainLoop.__new__(IterBasedTrainLoop)
    drawn: list[int] = []
    monkeypatch.setattr(dataset, 'set_epoch',
                        lambda epoch, seed: drawn.append(epoch))
    for iteration in range(9):
        hook.after_train_iter(
            SimpleNamespace(train_loop=loop, train_dataloader=loader,
                            iter=iteration, seed=0), iteration)
    assert drawn == [0, 0, 1, 1, 1, 2, 2, 2, 3]


@pytest.mark.parametrize('wrap', [
    lambda dataset: RepeatDataset(dataset, 2),
    lambda dataset: ClassBalancedDataset(dataset, 0.5),
    lambda dataset: ConcatDataset([
        VOCLabelDataset(dataset.data_root), dataset]),
    lambda dataset: Subset(RepeatDataset(dataset, 2), range(20))])
def test_wrapped_data_sets_are_found(
        demo_root: Path,
        wrap: Callable[[PairedVOCDataset], Dataset]) -> None:
    dataset = PairedVOCDataset(str(demo_root))
    before = [dataset.group_indices(idx) for idx in range(12)]
    HOOKS.build(dict(type='GroupSamplingHook')).before_train_epoch(
        SimpleNamespace(
            train_dataloader=SimpleNamespace(dataset=wrap(dataset)),
            train_loop=None, epoch=4, seed=0))
    assert [dataset.group_indices(idx) for idx in range(12)] != before


def test_other_data_sets_are_left_alone(demo_root: Path) -> None:
    dataset = VOCLabelDataset(str(demo_root))
    HOOKS.build(dict(type='GroupSamplingHook')).before_train_epoch(
        SimpleNamespace(train_dataloader=SimpleNamespace(dataset=dataset),
                        train_loop=None, epoch=4, seed=0))
