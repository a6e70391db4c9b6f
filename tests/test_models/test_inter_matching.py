# Copyright (c) COMNet contributors. All rights reserved.
"""Inter-matching against Eq. 1 to 5 with their matrix written out."""

import pytest
import torch
from mmpretrain.registry import MODELS
from torch import Tensor, nn
from torch.nn import functional as F

from comnet.models.inter_matching import Matches
from comnet.utils import InputError

ALPHA = 1.8


def build(**changes) -> nn.Module:
    settings = dict(type='InterMatching', alpha=ALPHA)
    return MODELS.build(settings | changes).train()


def two_pairs() -> Tensor:
    """Draw maps (4, 16, 6, 7) with a strong common object in each pair."""
    generator = torch.Generator().manual_seed(0)
    feat = torch.rand(4, 16, 6, 7, generator=generator)
    for pair in range(2):
        shared = 2 * torch.rand(16, 1, 1, generator=generator)
        feat[2 * pair, :, 1:4, 2:6] += shared
        feat[2 * pair + 1, :, 2:6, 0:3] += shared
    return feat


def literal_weights(feat: Tensor) -> Tensor:
    """Solve Eq. 4 for a group (N, c, h, w), weights of Eq. 5 (N, 1, h, w)."""
    number, channels, height, width = feat.shape
    columns = feat.double().permute(1, 0, 2, 3).reshape(channels, -1)
    unit = F.normalize(columns, dim=0)  # X, (c, N h w)
    matrix = unit.T @ unit - 1
    vector = torch.linalg.eigh(matrix).eigenvectors[:, -1]
    strength = columns.norm(dim=0)
    if strength[vector > 0].mean() < strength[vector < 0].mean():
        vector = -vector
    weights = torch.where(vector > 0, ALPHA, 1.0)
    return weights.reshape(number, 1, height, width).float()


def test_equals_the_paper_for_each_group() -> None:
    feat = two_pairs()
    result, = build()((feat, ), 2)
    for group, out in zip(feat.split(2), result.split(2), strict=True):
        weights = literal_weights(group)
        assert {round(value, 4) for value in weights.unique().tolist()} == {
            1.0, ALPHA}
        torch.testing.assert_close(out, group * weights)


def test_the_common_object_is_strengthened() -> None:
    feat = two_pairs()
    weight = (build()((feat, ), 2)[0] / feat)[:, 0]  # (4, 6, 7)
    for pair in range(2):
        assert (weight[2 * pair, 1:4, 2:6] > 1.7).all()
        assert (weight[2 * pair + 1, 2:6, 0:3] > 1.7).all()
    assert (weight < 1.1).float().mean() > 0.5


def test_groups_of_three() -> None:
    feat = two_pairs()[:3]
    result, = build()((feat, ), group_size=3)
    torch.testing.assert_close(result, feat * literal_weights(feat))


def test_only_the_last_stage_is_changed() -> None:
    first, last = torch.rand(4, 3, 12, 14), two_pairs()
    result = build()((first, last), 2)
    assert len(result) == 2
    assert result[0] is first
    assert not torch.equal(result[1], last)


def test_evaluation_mode_changes_nothing() -> None:
    feat = two_pairs()[:1]  # not even a group
    result, = build().eval()((feat, ))
    assert torch.equal(result, feat)


def test_no_gradient_flows_through_the_choice() -> None:
    feat = two_pairs().requires_grad_()
    result, = build()((feat, ), 2)
    result.sum().backward()
    torch.testing.assert_close(feat.grad, (result / feat).detach())


def test_padding_stays_zero_and_does_not_change_the_rest() -> None:
    feat = two_pairs()
    padded = F.pad(feat, (0, 3, 0, 2))
    result, = build()((padded, ), 2)
    torch.testing.assert_close(result, F.pad(build()((feat, ), 2)[0],
                                             (0, 3, 0, 2)))


def test_half_precision_stays_half() -> None:
    result, = build()((two_pairs().bfloat16(), ), 2)
    assert result.dtype == torch.bfloat16


def test_test_batches_are_matched_on_demand() -> None:
    feat = two_pairs()
    result, = build().eval()((feat, ), group_size=2)
    assert torch.equal(result, build()((feat, ), 2)[0])


def test_image_with_itself_is_the_image_alone() -> None:
    feat = two_pairs()
    module = build().eval()
    alone, = module((feat, ), group_size=1)
    twice, = module((feat.repeat_interleave(2, dim=0), ), group_size=2)
    assert torch.equal(twice[::2], alone)


def test_training_without_groups_is_refused() -> None:
    with pytest.raises(InputError, match='PairedVOCDataset.*group_collate'):
        build()((two_pairs(), ))


def test_batch_without_whole_groups_is_refused() -> None:
    with pytest.raises(ValueError, match='3 images.*groups of 2'):
        build()((two_pairs()[:3], ), 2)


@pytest.mark.parametrize('alpha', [1.0, 0.5])
def test_alpha_that_strengthens_nothing_is_refused(alpha: float) -> None:
    with pytest.raises(InputError, match=f'alpha is {alpha}'):
        build(alpha=alpha)


def test_groups_that_share_nothing_pass_unmatched() -> None:
    feat, matches = two_pairs(), Matches()
    matched, = build()((feat, ), 2)
    some, = build()((feat, ), 2, matches, torch.tensor([True, False]))
    assert torch.equal(some[:2], matched[:2])
    assert torch.equal(some[2:], feat[2:])
    assert not torch.equal(matched[2:], feat[2:])
    assert matches.strength is not None
    assert matches.strength[2:].eq(0).all()
