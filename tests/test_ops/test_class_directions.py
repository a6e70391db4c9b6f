# Copyright (c) COMNet contributors. All rights reserved.
"""Directions of classes against M* of all their positions together."""

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from comnet.ops import (
    ClassMoments,
    class_directions,
    matching_vector,
    principal_components,
)
from comnet.utils import InputError

CHANNELS = 12
LABELS = [[0], [0, 1], [1], [0, 3], [3]]  # nothing shows class 2


def pictures(channels: int = CHANNELS) -> list[Tensor]:
    """Draw pictures with objects of common directions, (n, c) each."""
    generator = torch.Generator().manual_seed(0)
    centres = 3 * torch.rand(5, channels, generator=generator)
    centres[4] /= 4  # the background is weaker
    found = []
    for size, labels in zip((90, 120, 75, 110, 60), LABELS, strict=True):
        choice = torch.tensor([*labels, 4, 4])
        member = choice[torch.randint(len(choice), (size, ),
                                      generator=generator)]
        noise = torch.rand(size, channels, generator=generator)
        found.append(centres[member] + noise)
    return found


def moments(chosen: slice | list[int] = slice(None),
            projection: Tensor | None = None) -> ClassMoments:
    found, size = pictures(), CHANNELS
    if projection is not None:
        size = projection.shape[1]
    sums = ClassMoments.empty(4, size)
    indices = range(5)[chosen] if isinstance(chosen, slice) else chosen
    for index in indices:
        sums.add(found[index], LABELS[index], projection)
    return sums


@pytest.mark.parametrize('order', [[4, 2, 0, 3, 1], [1, 4, 3, 2, 0]])
def test_order_of_the_pictures_changes_no_bit(order: list[int]) -> None:
    """Nor do the shares of processes, whose sums are added."""
    in_shares = moments(order[:2]) + (moments(order[2:4]) + moments(order[4:]))
    for sums in (moments(order), in_shares):
        assert torch.equal(sums.second, moments().second)
        assert torch.equal(sums.first, moments().first)
        for one, other in zip(class_directions(moments()),
                              class_directions(sums), strict=True):
            assert torch.equal(one, other)


def positions(class_id: int) -> Tensor:
    """Return all positions of the pictures that show a class, (n, c)."""
    return torch.cat([points for points, labels in zip(
        pictures(), LABELS, strict=True) if class_id in labels])


def values(class_id: int, sums: ClassMoments | None = None) -> Tensor:
    """Return m at the positions of a class, (n,)."""
    direction, offset = class_directions(sums or moments())
    unit = F.normalize(positions(class_id).double(), dim=1)
    return unit @ direction[class_id] - offset[class_id]


@pytest.mark.parametrize('class_id', [0, 1, 3])
def test_equals_the_eigenvector_of_the_matrix(class_id: int) -> None:
    unit = F.normalize(positions(class_id).double(), dim=1)
    vector = torch.linalg.eigh(unit @ unit.T - 1).eigenvectors[:, -1]
    found = values(class_id)
    assert found.norm() == pytest.approx(1, abs=1e-9)
    assert abs(found @ vector) == pytest.approx(1, abs=1e-9)


@pytest.mark.parametrize('class_id', [0, 1, 3])
def test_equals_the_matching_of_all_pictures(class_id: int) -> None:
    vector = matching_vector(positions(class_id)[None])[0].double()
    found = values(class_id)
    assert abs(found @ vector) >= 0.9999
    assert (found.sign() * vector.sign()).mean().abs() >= 0.99


def test_features_are_longer_on_the_positive_side() -> None:
    for class_id in (0, 1, 3):
        length = positions(class_id).norm(dim=1)
        positive = values(class_id) > 0
        assert length[positive].mean() > length[~positive].mean()


def test_shares_add_up() -> None:
    whole, merged = moments(), moments([1, 4]) + moments([0, 2, 3])
    for one, other in zip(whole.sums(), merged.sums(), strict=True):
        torch.testing.assert_close(one, other, rtol=1e-10, atol=1e-10)
    for one, other in zip(class_directions(whole), class_directions(merged),
                          strict=True):
        torch.testing.assert_close(one, other, rtol=1e-6, atol=1e-6)


def test_class_of_one_picture_with_fewer_positions_than_channels() -> None:
    points = pictures(200)[4]  # 60 positions
    sums = ClassMoments.empty(1, 200)
    sums.add(points, [0])
    direction, offset = class_directions(sums)
    unit = F.normalize(points.double(), dim=1)
    found = unit @ direction[0] - offset[0]
    vector = torch.linalg.eigh(unit @ unit.T - 1).eigenvectors[:, -1]
    assert abs(found @ vector) == pytest.approx(1, abs=1e-6)


def test_nothing_to_find() -> None:
    sums = moments()
    sums.add(torch.ones(7, CHANNELS), [2])  # all of one direction
    direction, offset = class_directions(sums)
    assert (direction[2] == 0).all() and offset[2] == 0
    direction, offset = class_directions(moments())  # no position at all
    assert (direction[2] == 0).all() and offset[2] == 0


def test_padding_does_not_count() -> None:
    padded, plain = (ClassMoments.empty(1, CHANNELS) for _ in range(2))
    points = pictures()[0]
    plain.add(points, [0])
    padded.add(torch.cat([points, torch.zeros(9, CHANNELS)]), [0])
    for one, other in zip(plain.sums(), padded.sums(), strict=True):
        torch.testing.assert_close(one, other)


def test_is_always_the_same() -> None:
    before = class_directions(moments())
    torch.manual_seed(1)
    for one, other in zip(before, class_directions(moments()), strict=True):
        assert torch.equal(one, other)


def test_projection_on_all_directions_changes_nothing() -> None:
    basis = principal_components(moments().second[0], 99)
    assert basis.shape == (CHANNELS, CHANNELS)
    direction, offset = class_directions(moments(projection=basis))
    expected, expected_offset = class_directions(moments())
    torch.testing.assert_close(
        direction @ basis.T, expected, rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(
        offset, expected_offset, rtol=1e-4, atol=1e-5)


def test_principal_components_hold_most() -> None:
    basis = principal_components(moments().second[0], 5)
    torch.testing.assert_close(
        basis.T @ basis, torch.eye(5, dtype=torch.float64))
    unit = F.normalize(positions(0).double(), dim=1)
    singular = torch.linalg.svdvals(unit)
    torch.testing.assert_close((unit @ basis).norm(dim=0), singular[:5])


def test_not_finite_features_are_refused() -> None:
    with pytest.raises(InputError, match='hold NaN'):
        ClassMoments.empty(1, 2).add(torch.full((3, 2), torch.nan), [0])
