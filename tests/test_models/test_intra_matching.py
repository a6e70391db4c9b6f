# Copyright (c) COMNet contributors. All rights reserved.
"""Intra-matching against Eq. 6 to 8, computed point by point."""

from collections.abc import Callable

import pytest
import torch
from mmpretrain.registry import MODELS
from torch import Tensor, nn
from torch.nn import functional as F

from comnet.utils import InputError

CHANNELS = 5
REDUCTIONS = dict(
    max=lambda points: points.amax(0),  # Eq. 8
    mean=lambda points: points.mean(0))


def build(**changes) -> nn.Module:
    """Build the module with a random MLP."""
    settings = dict(
        type='IntraMatching', in_channels=CHANNELS, mid_channels=3,
        num_neighbors=4, similarity='inner', keep_scale=False)
    module = MODELS.build(settings | changes)
    torch.manual_seed(0)
    for parameter in module.parameters():
        nn.init.normal_(parameter)
    return module


def random_feat() -> Tensor:
    generator = torch.Generator().manual_seed(0)
    return torch.rand(2, CHANNELS, 3, 5, generator=generator)


def literal(module: nn.Module, feat: Tensor, k: int,
            reduction: Callable = REDUCTIONS['max']) -> Tensor:
    """Run the MLP on each neighbour of each point, for (c, h, w)."""
    points = feat.flatten(1).T  # (N, c)
    squeeze, expand = module.squeeze.weight, module.expand.weight
    updated = []
    for index, point in enumerate(points):
        score = points @ point  # Eq. 6
        score[index] = -torch.inf
        hidden = []
        for neighbor in score.topk(k).indices:
            near = points[neighbor]
            inside = (squeeze @ near).relu()
            hidden.append((near + expand @ inside).relu())  # Eq. 7
        updated.append(reduction(torch.stack(hidden)))
    return torch.stack(updated).T.reshape(feat.shape)


@pytest.mark.parametrize('reduce', REDUCTIONS)
def test_equals_the_paper(reduce: str) -> None:
    module, feat = build(reduce=reduce), random_feat()
    result, = module((feat, ))
    expected = torch.stack([
        literal(module, image, 4, REDUCTIONS[reduce]) for image in feat])
    torch.testing.assert_close(result, expected)
    assert (result > 0).any()


@pytest.mark.parametrize('reduce', REDUCTIONS)
def test_gradients_equal_those_of_the_paper(reduce: str) -> None:
    module, feat = build(reduce=reduce), random_feat().requires_grad_()
    wanted = [feat, *module.parameters()]
    result, = module((feat, ))
    expected = torch.stack([
        literal(module, image, 4, REDUCTIONS[reduce]) for image in feat])
    upstream = torch.rand_like(result)
    for one, other in zip(
            torch.autograd.grad(result, wanted, upstream),
            torch.autograd.grad(expected, wanted, upstream), strict=True):
        torch.testing.assert_close(one, other)


def test_more_neighbours_than_points() -> None:
    module, feat = build(num_neighbors=100), random_feat()
    result, = module((feat, ))
    expected = torch.stack([literal(module, image, 14) for image in feat])
    torch.testing.assert_close(result, expected)


def test_residual_adds_the_input() -> None:
    feat = random_feat()
    plain, = build()((feat, ))
    result, = build(residual=True)((feat, ))
    torch.testing.assert_close(result, feat + plain)


def test_new_mlp_is_the_identity_on_activations() -> None:
    module = MODELS.build(dict(
        type='IntraMatching', in_channels=CHANNELS))
    points = random_feat().flatten(2).transpose(1, 2)  # not negative
    assert torch.equal(module.mlp(points), points)


@pytest.mark.parametrize('reduce', REDUCTIONS)
def test_without_mlp_it_is_that_of_a_new_one(reduce: str) -> None:
    settings = dict(type='IntraMatching', reduce=reduce, num_neighbors=3)
    new, without = (MODELS.build(dict(settings, in_channels=channels))
                    for channels in (CHANNELS, None))
    assert not list(without.parameters())
    assert torch.equal(without((random_feat(), ))[0],
                       new((random_feat(), ))[0])


def test_training_and_evaluation_are_the_same() -> None:
    module, feat = build(), random_feat()
    assert torch.equal(module.train()((feat, ))[0],
                       module.eval()((feat, ))[0])


def test_only_the_last_stage_is_changed_and_not_in_place() -> None:
    first, last = torch.rand(2, 3, 6, 10), random_feat()
    result = build()((first, last))
    assert len(result) == 2
    assert result[0] is first
    assert torch.equal(last, random_feat())


@pytest.mark.parametrize('similarity', ['inner', 'cosine', 'l2'])
@pytest.mark.parametrize('residual', [False, True])
def test_padding_stays_zero_and_is_no_neighbour(
        similarity: str, residual: bool) -> None:
    module = build(similarity=similarity, residual=residual)
    # far from each other, some near to zero, of both signs
    feat = (random_feat() - 0.5) ** 7
    padded = F.pad(feat, (0, 2, 0, 1))
    torch.testing.assert_close(
        module((padded, ))[0], F.pad(module((feat, ))[0], (0, 2, 0, 1)))


@pytest.mark.parametrize('residual', [False, True])
def test_scale_of_each_image_is_kept(residual: bool) -> None:
    feat = random_feat() * torch.tensor([1, 50])[:, None, None, None]
    plain, = build(residual=residual)((feat, ))
    result, = build(residual=residual, keep_scale=True)((feat, ))
    torch.testing.assert_close(result.mean((1, 2, 3)), feat.mean((1, 2, 3)))
    factor = result / plain.clamp(1e-9)  # one an image
    for image, values in zip(plain, factor, strict=True):
        values = values[image > 0]
        torch.testing.assert_close(values, values[:1].expand_as(values))


def test_nothing_left_of_an_image_is_no_number() -> None:
    module = build(keep_scale=True)
    nn.init.constant_(module.expand.weight, -1e3)
    nn.init.constant_(module.squeeze.weight, 1)
    feat = (100 * random_feat()).requires_grad_()
    result, = module((feat, ))
    assert (result == 0).all()
    result.sum().backward()
    assert feat.grad.isfinite().all()


def test_single_point_stays() -> None:
    feat = random_feat()[:, :, :1, :1]
    assert torch.equal(build()((feat, ))[0], feat)


@pytest.mark.parametrize('wrong', [
    dict(similarity='l1'), dict(num_neighbors=0), dict(reduce='sum')])
def test_settings_without_a_meaning_are_refused(wrong: dict) -> None:
    name, value = next(iter(wrong.items()))
    with pytest.raises(InputError, match=f'{name} is {value!r}'):
        build(**wrong)
