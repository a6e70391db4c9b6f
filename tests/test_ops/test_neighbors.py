# Copyright (c) COMNet contributors. All rights reserved.
"""Neighbours, their maximum and mean against loops over the points."""

import sys
from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from comnet.ops import (
    SIMILARITIES,
    nearest_neighbors,
    neighbor_max,
    neighbor_mean,
)
from comnet.utils import InputError

FORMULAS = {
    'inner': lambda p, q: p @ q,
    'cosine': lambda p, q: p @ q / (p.norm() * q.norm()),
    'l2': lambda p, q: -(p - q).square().sum(),
}


def random_points() -> Tensor:
    """Draw points of very different lengths, (2, 15, 6)."""
    generator = torch.Generator().manual_seed(0)
    length = 10 * torch.rand(2, 15, 1, generator=generator)
    return length * torch.randn(2, 15, 6, generator=generator)


def literal_neighbors(points: Tensor, num_neighbors: int,
                      similarity: str) -> list[list[int]]:
    """Sort the other points of each point of (N, c) by Eq. 6."""
    score = FORMULAS[similarity]
    return [
        sorted((j for j in range(len(points)) if j != i),
               key=lambda j: -score(point, points[j]))[:num_neighbors]
        for i, point in enumerate(points)
    ]


def test_every_similarity_has_a_formula() -> None:
    assert set(FORMULAS) == set(SIMILARITIES)


@pytest.mark.parametrize('similarity', SIMILARITIES)
def test_equals_sorting_all_pairs(similarity: str) -> None:
    points = random_points()
    result = nearest_neighbors(points, 4, similarity)
    assert result.shape == (2, 15, 4)
    for indices, image in zip(result, points, strict=True):
        expected = literal_neighbors(image, 4, similarity)
        assert [set(row) for row in indices.tolist()] == [
            set(row) for row in expected]


def test_similarities_differ() -> None:
    points = random_points()
    found = [nearest_neighbors(points, 4, name).sort(dim=2).values
             for name in SIMILARITIES]
    assert not torch.equal(found[0], found[1])
    assert not torch.equal(found[1], found[2])
    assert not torch.equal(found[0], found[2])


@pytest.mark.parametrize('similarity', SIMILARITIES)
def test_no_point_is_its_own_neighbour(similarity: str) -> None:
    # equal points: each one is as similar to itself as to the others
    neighbors = nearest_neighbors(torch.ones(1, 5, 3), 4, similarity)
    for index, row in enumerate(neighbors[0].tolist()):
        assert sorted(row) == [i for i in range(5) if i != index]


def test_number_is_cut_to_the_other_points() -> None:
    assert nearest_neighbors(torch.randn(2, 5, 3), 32).shape == (2, 5, 4)


def test_similarity_that_there_is_not() -> None:
    with pytest.raises(InputError, match="'l1'; give one of"):
        nearest_neighbors(torch.randn(2, 5, 3), 4, 'l1')


def test_half_precision_finds_the_same() -> None:
    points = random_points().half()
    assert torch.equal(nearest_neighbors(points, 4, 'inner'),
                       nearest_neighbors(points.float(), 4, 'inner'))


@pytest.mark.parametrize('reduce, literal', [
    (neighbor_max, Tensor.amax), (neighbor_mean, Tensor.mean)])
def test_reduction_and_gradient_equal_those_of_gathered_points(
        reduce: Callable, literal: Callable) -> None:
    points = random_points().requires_grad_()
    neighbors = nearest_neighbors(points, 4)  # (2, 15, 4)
    result = reduce(points, neighbors)
    upstream = torch.randn(
        result.shape, generator=torch.Generator().manual_seed(1))
    gradient, = torch.autograd.grad(result, points, upstream)

    batch = torch.arange(2)[:, None, None]
    gathered = points[batch, neighbors]  # (2, 15, 4, 6)
    expected = literal(gathered, dim=2)  # (2, 15, 6)
    torch.testing.assert_close(result, expected, rtol=1e-6, atol=1e-6)
    torch.testing.assert_close(
        gradient, torch.autograd.grad(expected, points, upstream)[0])
    assert (gradient != 0).any()


@pytest.mark.parametrize('similarity', SIMILARITIES)
def test_blocks_change_nothing(
        similarity: str, monkeypatch: pytest.MonkeyPatch) -> None:
    points = torch.randn(2, 23, 6)
    whole = nearest_neighbors(points, 4, similarity)
    monkeypatch.setattr(
        sys.modules['comnet.ops.neighbors'], 'MAX_SCORES', 2 * 23 * 5)
    assert torch.equal(nearest_neighbors(points, 4, similarity), whole)


def test_mean_of_half_precision_is_that_of_its_points() -> None:
    points = random_points().half()
    neighbors = nearest_neighbors(points, 4)
    torch.testing.assert_close(
        neighbor_mean(points, neighbors),
        neighbor_mean(points.float(), neighbors).half())


@pytest.mark.parametrize('similarity', SIMILARITIES)
def test_export_to_onnx_computes_the_same(
        similarity: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """There it takes no blocks, and none of PyTorch's special operations."""
    points = random_points()
    neighbors = nearest_neighbors(points, 4, similarity)
    largest, mean = (neighbor_max(points, neighbors),
                     neighbor_mean(points, neighbors))
    monkeypatch.setattr('comnet.ops.neighbors.is_traced', lambda: True)
    monkeypatch.setattr('comnet.ops.neighbors._RowMax.apply', None)
    assert torch.equal(nearest_neighbors(points, 4, similarity), neighbors)
    assert torch.equal(neighbor_max(points, neighbors), largest)
    torch.testing.assert_close(neighbor_mean(points, neighbors), mean)
