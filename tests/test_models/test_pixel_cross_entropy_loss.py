# Copyright (c) COMNet contributors. All rights reserved.
"""The loss of segmentors; tests of pipelines compare several processes."""

import pytest
import torch
from mmseg.models import CrossEntropyLoss
from mmseg.registry import MODELS
from torch import Tensor


@pytest.fixture
def batch() -> tuple[Tensor, Tensor]:
    """Return scores of four classes, and labels of which some are ignored."""
    generator = torch.Generator().manual_seed(0)
    scores = torch.randn(2, 4, 5, 6, generator=generator).requires_grad_()
    labels = torch.randint(0, 4, (2, 5, 6), generator=generator)
    labels[1, :3] = 255
    return scores, labels


@pytest.mark.parametrize('class_weight', [None, [0.1, 1.0, 1.0, 2.0]])
@pytest.mark.parametrize('weighted', [False, True])
def test_is_that_of_mmseg(batch: tuple[Tensor, Tensor],
                          class_weight: list[float] | None,
                          weighted: bool) -> None:
    scores, labels = batch
    weight = torch.rand(labels.shape) if weighted else None
    # with class weights mmseg leaves ignored pixels out in any case
    expected = CrossEntropyLoss(
        class_weight=class_weight, avg_non_ignore=class_weight is None,
        loss_weight=0.5)(scores, labels, weight, ignore_index=255)
    loss = MODELS.build(dict(
        type='PixelCrossEntropyLoss', class_weight=class_weight,
        loss_weight=0.5))(scores, labels, weight, ignore_index=255)
    torch.testing.assert_close(loss, expected)
    assert torch.autograd.grad(loss, scores)[0][1, :, :3].eq(0).all()


def test_is_zero_without_labels(batch: tuple[Tensor, Tensor]) -> None:
    scores, labels = batch
    loss = MODELS.build(dict(type='PixelCrossEntropyLoss'))(
        scores, torch.full_like(labels, 255))
    assert loss == 0
    assert torch.autograd.grad(loss, scores)[0].eq(0).all()


def test_is_not_part_of_a_checkpoint() -> None:
    loss = MODELS.build(dict(
        type='PixelCrossEntropyLoss', class_weight=[1.0, 2.0]))
    assert not loss.state_dict()
