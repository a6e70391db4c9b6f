# Copyright (c) COMNet contributors. All rights reserved.
"""New partners in each epoch, the same ones after a resumption."""

from pathlib import Path
from types import SimpleNamespace

from mmengine.registry import HOOKS

from comnet.datasets import PairedVOCDataset


def groups(root: Path, epochs: range, seed: int) -> list[list[list[int]]]:
    """Return all groups of each epoch of a training."""
    dataset = PairedVOCDataset(str(root))
    hook = HOOKS.build(dict(type='GroupSamplingHook'))
    seen = []
    for epoch in epochs:
        hook.before_train_epoch(SimpleNamespace(
            train_dataloader=SimpleNamespace(dataset=dataset),
            epoch=epoch, seed=seed))
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
