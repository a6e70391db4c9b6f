# Copyright (c) COMNet contributors. All rights reserved.
"""Intra-matching against Eq. 6 to 8, computed point by point."""

import pytest
import torch
from mmpretrain.registry import MODELS
from torch import Tensor, nn
from torch.nn import functional as F

CHANNELS = 5


def build(**changes) -> nn.Module:
    """Build the module with a random MLP."""
    settings = dict(
        type='IntraMatching', in_channels=CHANNELS, num_neighbors=4,
        similarity='inner')
    module = MODELS.build(settings | changes)
    torch.manual_seed(0)
    for parameter in module.parameters():
        nn.init.normal_(parameter)
    return module


def random_feat() -> Tensor:
    generator = torch.Generator().manual_seed(0)
    return torch.rand(2, CHANNELS, 3, 5, generator=generator)


def literal(module: nn.Module, feat: Tensor, k: int) -> Tensor:
    """Run the MLP on each neighbour of each point, for (c, h, w)."""
    points = feat.flatten(1).T  # (N, c)
    layers = [layer.weight[:, :, 0, 0] for layer in module.mlp
              if isinstance(layer, nn.Conv2d)]
    updated = []
    for index, point in enumerate(points):
        score = points @ point  # Eq. 6
        score[index] = -torch.inf
        hidden = []
        for neighbor in score.topk(k).indices:
            out = points[neighbor]
            for weight in layers:
                out = (weight @ out).relu()  # Eq. 7
            hidden.append(out)
        updated.append(torch.stack(hidden).amax(0))  # Eq. 8
    return torch.stack(updated).T.reshape(feat.shape)


@pytest.mark.parametrize('num_layers', [1, 2])
def test_equals_the_paper(num_layers: int) -> None:
    module, feat = build(num_layers=num_layers), random_feat()
    result, = module((feat, ))
    expected = torch.stack([literal(module, image, 4) for image in feat])
    torch.testing.assert_close(result, expected)
    assert (result > 0).any()


def test_gradients_equal_those_of_the_paper() -> None:
    module, feat = build(num_layers=2), random_feat().requires_grad_()
    wanted = [feat, *module.parameters()]
    result, = module((feat, ))
    expected = torch.stack([literal(module, image, 4) for image in feat])
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
        type='IntraMatching', in_channels=CHANNELS, num_layers=2))
    feat = random_feat()  # after a backbone's ReLU: not negative
    assert torch.equal(module.mlp(feat), feat)


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
    feat = random_feat() ** 8  # far from each other, many near to zero
    padded = F.pad(feat, (0, 2, 0, 1))
    torch.testing.assert_close(
        module((padded, ))[0], F.pad(module((feat, ))[0], (0, 2, 0, 1)))


def test_single_point_stays() -> None:
    feat = random_feat()[:, :, :1, :1]
    assert torch.equal(build()((feat, ))[0], feat)


@pytest.mark.parametrize('wrong', [
    dict(similarity='l1'), dict(num_neighbors=0), dict(num_layers=0)])
def test_settings_without_a_meaning_are_refused(wrong: dict) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        build(**wrong)
