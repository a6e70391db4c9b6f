# Copyright (c) COMNet contributors. All rights reserved.
"""Fake tensors take the memory of real ones."""

import pytest
import torch
from torch import nn

from comnet.engine.live_memory import LiveMemory, faked
from comnet.utils import InputError

MIB = 2**20


def step(model: nn.Module) -> None:
    """Take a step of 4 MiB images, whose result depends on values."""
    images = torch.ones(2, 8, 256, 256)
    loss = model(images).square().mean()
    if loss > 0 and torch.ones(3, dtype=torch.bool).all().item():
        loss.backward()


def test_fake_tensors_take_what_real_ones_do() -> None:
    model = nn.Sequential(
        nn.Conv2d(8, 8, 3), nn.BatchNorm2d(8), nn.ReLU(inplace=True))
    with faked(model) as (copied, memory):
        step(copied)
        faked_gradients = memory.gradients
    with LiveMemory(model) as real:
        step(model)
    assert memory.peak == real.peak > 3 * 4 * MIB
    assert memory.now == real.now  # weights and gradients are left
    assert faked_gradients == real.gradients


def test_what_is_freed_counts_no_more() -> None:
    with faked(nn.Linear(1, 1)) as (_, memory):
        weights = memory.now
        for _ in range(3):
            kept = torch.ones(MIB, dtype=torch.uint8)
            view = kept.view(2, -1)[1:]
            del kept
        assert memory.now == weights + MIB  # a view keeps the whole
        assert memory.peak == weights + 2 * MIB
        del view
        assert memory.now == weights


def test_masks_are_taken_for_full() -> None:
    with faked(nn.Linear(1, 1)) as (_, memory):
        values = torch.ones(2, 5, 7)
        assert values[values > 0].shape == (70, )
        assert values[:, values[0, :, 0] > 0].shape == (2, 5, 7)
        with pytest.raises(InputError, match='unique.*depends on values'):
            values.unique()
