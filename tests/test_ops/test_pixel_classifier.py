# Copyright (c) COMNet contributors. All rights reserved.
"""Seeds, fit and maps of the classifier of positions."""

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from comnet.ops import (
    fit_image_classifier,
    fit_pixel_classifier,
    nearest_neighbors,
    pixel_maps,
    pixel_probs,
    pixel_seeds,
)
from comnet.ops.pixel_classifier import label_weights

NUM_LABELS = 4


def random_clouds(num_points: int = 600) -> tuple[Tensor, Tensor]:
    """Draw unit-length points around a direction a label, the first most."""
    generator = torch.Generator().manual_seed(0)
    labels = torch.randint(
        NUM_LABELS**2, (num_points, ), generator=generator).sqrt().long()
    points = torch.eye(NUM_LABELS, 8)[labels] + 0.1 * torch.randn(
        num_points, 8, generator=generator)
    return points / points.norm(dim=1, keepdim=True), labels


def test_seeds_are_the_sure_positions() -> None:
    maps = torch.tensor([[[0.9, 0.5, 0.1, 0.3]], [[0.6, 0.1, 0.7, 0.19]]])
    assert pixel_seeds(maps, [4, 2]).tolist() == [[5, -1, 3, -1]]
    assert pixel_seeds(maps, [4, 2], 0.8, 0.55).tolist() == [[5, 0, -1, 0]]


def test_weights_against_the_formula() -> None:
    labels = torch.tensor([0] * 9 + [1] * 4 + [3])
    weights = label_weights(labels, NUM_LABELS)
    mean = (9 * 9**-.5 + 4 * 4**-.5 + 1) / 14
    expected = torch.tensor([9**-.5, 4**-.5, 1, 1]) / mean
    assert torch.allclose(weights, expected)


def test_separable_points_are_classified() -> None:
    points, labels = random_clouds()
    weight, bias = fit_pixel_classifier(points, labels, NUM_LABELS)
    assert ((points @ weight.T + bias / 20).argmax(1) == labels).all()
    probs = pixel_probs(points, nearest_neighbors(points[None], 8)[0], weight,
                        bias, [0, 2])
    shown = torch.tensor([0, 1, 3])
    seen = labels != 2  # which the image does not show
    assert (shown[probs.argmax(1)] == labels)[seen].all()
    assert torch.allclose(probs.sum(1), torch.ones(len(points)))


def test_fit_depends_on_labelled_points_and_seed_alone() -> None:
    points, labels = random_clouds()
    fitted = fit_pixel_classifier(points, labels, NUM_LABELS, num_steps=3)
    noise = torch.cat([points, points.flip(1)])
    ignored = torch.cat([labels, torch.full_like(labels, -1)])
    for other, same in ((fit_pixel_classifier(
            noise, ignored, NUM_LABELS, num_steps=3), True),
            (fit_pixel_classifier(
                points, labels, NUM_LABELS, seed=1, num_steps=3), False)):
        assert all(torch.equal(*pair) == same
                   for pair in zip(fitted, other, strict=True))
    with pytest.raises(ValueError, match='no position has a label'):
        fit_pixel_classifier(points, torch.full_like(labels, -1), NUM_LABELS)


def test_images_are_classified_by_what_they_show() -> None:
    generator = torch.Generator().manual_seed(0)
    shown = (torch.rand(200, 3, generator=generator) < 0.4).float()
    features = F.normalize(torch.eye(8)[7] + shown @ torch.eye(
        3, 8) + 0.02 * torch.randn(200, 8, generator=generator), dim=1)
    weight, bias = fit_image_classifier(features, shown)
    assert torch.equal(20 * features @ weight.T + bias > 0, shown > 0)
    again = fit_image_classifier(features, shown)
    assert torch.equal(weight, again[0]) and torch.equal(bias, again[1])


def test_probabilities_are_a_mean_over_neighbours() -> None:
    points, _ = random_clouds(5)
    weight, bias = torch.randn(NUM_LABELS, 8), torch.randn(NUM_LABELS)
    alone = pixel_probs(points, torch.arange(5)[:, None], weight, bias, [1])
    logits = 20 * points @ weight.T + bias
    assert torch.allclose(alone, logits[:, [0, 2]].softmax(1), atol=1e-6)
    neighbors = torch.tensor([[1, 2], [0, 2], [0, 1], [4, 0], [3, 0]])
    probs = pixel_probs(points, neighbors, weight, bias, [1])
    assert torch.allclose(probs, alone[neighbors].mean(1))
    single = pixel_probs(points[:1], neighbors[:1, :0], weight, bias, [1])
    assert torch.allclose(single, alone[:1])


@pytest.mark.parametrize('num_classes', [1, 3])
def test_map_above_a_half_is_the_most_probable(num_classes: int) -> None:
    generator = torch.Generator().manual_seed(0)
    logits = 30 * torch.randn(1 + num_classes, 40, 50, generator=generator)
    probs = logits.softmax(0)
    maps = pixel_maps(probs)
    assert ((maps >= 0) & (maps <= 1)).all()
    highest, winner = maps.max(0)
    found = torch.where(highest > 0.5, winner + 1, 0)
    assert torch.equal(found, probs.argmax(0))
    if num_classes == 1:
        assert torch.allclose(maps[0], probs[1])


def test_an_image_of_no_class_is_background() -> None:
    assert pixel_seeds(torch.zeros(0, 3, 4), []).tolist() == [[0] * 4] * 3
    assert pixel_maps(torch.ones(1, 3, 4)).shape == (0, 3, 4)
