# Copyright (c) COMNet contributors. All rights reserved.
"""The random walk against IRN's results and its dense definition."""

import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from comnet.ops.pixel_paths import path_affinity, path_offsets
from comnet.ops.random_walk import random_walk, walk_scores
from comnet.ops.walk_table import WalkTable
from comnet.utils import InputError

SIZE = (36, 50)


def dense_affinity(boundary: Tensor, radius: int) -> Tensor:
    """Affinity (hw, hw) of all pairs, pixel by pixel from its definition."""
    height, width = boundary.shape
    affinity = torch.eye(height * width, dtype=boundary.dtype)
    pixels = [(y, x) for y in range(height) for x in range(width)]
    for i, (y0, x0) in enumerate(pixels):
        for j, (y1, x1) in enumerate(pixels):
            dy, dx = y1 - y0, x1 - x0
            if not 0 < dy**2 + dx**2 < radius**2:
                continue
            on_path = [
                boundary[y, x]
                for y in range(min(y0, y1), max(y0, y1) + 1)
                for x in range(min(x0, x1), max(x0, x1) + 1)
                if (dy * (x - x0) - dx * (y - y0))**2 < dy**2 + dx**2
            ]
            affinity[i, j] = 1 - max(on_path)
    return affinity


def dense_random_walk(cam: Tensor, boundary: Tensor, radius: int,
                      beta: float, num_steps: int) -> Tensor:
    """The walk with the dense transition matrix and its matrix power."""
    affinity = dense_affinity(boundary, radius)**beta
    transition = torch.linalg.matrix_power(
        affinity / affinity.sum(dim=0), num_steps)
    return ((cam * (1 - boundary)).flatten(1) @ transition).reshape(cam.shape)


def example(height: int, width: int, classes: int = 2) -> tuple[Tensor, ...]:
    """Return random maps and boundaries in float64."""
    generator = torch.Generator().manual_seed(height * width)
    cam = torch.rand(
        classes, height, width, dtype=torch.float64, generator=generator)
    boundary = torch.rand(
        height, width, dtype=torch.float64, generator=generator)
    return cam, boundary**4


def test_number_of_neighbours() -> None:
    # Lattice points strictly inside of a circle: 69 (radius 5) and 305 (10).
    assert len(path_offsets(5)) == (69 - 1) // 2
    assert len(path_offsets(10)) == (305 - 1) // 2


def test_paths_run_from_end_to_end() -> None:
    for offset, path in path_offsets(10):
        pixels = set(map(tuple, path.tolist()))
        assert (0, 0) in pixels and offset in pixels
        # The same way back: a path is symmetric about its middle.
        assert pixels == {(offset[0] - y, offset[1] - x) for y, x in pixels}


@pytest.mark.parametrize('size', [(9, 12), (3, 20), (20, 3), (1, 6)])
@pytest.mark.parametrize('radius', [2, 5, 7])
def test_path_affinity_of_each_pair(size: tuple[int, int],
                                    radius: int) -> None:
    boundary = example(*size)[1]
    expected = dense_affinity(boundary, radius).reshape(*size, *size)
    pairs = 0
    for (dy, dx), affinity in path_affinity(boundary, radius):
        left = max(-dx, 0)
        for (y, x), value in np.ndenumerate(affinity.numpy()):
            assert value == expected[y, x + left, y + dy, x + left + dx]
            pairs += 1
    assert pairs == ((expected > 0).sum() - boundary.numel()) / 2


def test_path_affinity_gradient() -> None:
    # Distinct values: the gradient of a maximum jumps where two are equal.
    order = torch.randperm(30, generator=torch.Generator().manual_seed(0))
    boundary = order.double().view(5, 6).div(30).requires_grad_()
    assert torch.autograd.gradcheck(
        lambda b: tuple(a for _, a in path_affinity(b, 4)), boundary)


@pytest.mark.parametrize('name', ['a', 'c'])
def test_equals_irn(kit: Path, name: str) -> None:
    oracle = np.load(kit / 'oracle' / 'irn_random_walk.npz')
    expected = torch.from_numpy(oracle[f'{name}_rw'])
    result = random_walk(
        torch.from_numpy(oracle[f'{name}_cam']),
        torch.from_numpy(oracle[f'{name}_edge']))
    assert (result - expected).abs().max() < 1e-3 * expected.abs().max()


@pytest.mark.parametrize('size', [(12, 9), (2, 15), (13, 3), (1, 1)])
def test_equals_dense_power(size: tuple[int, int]) -> None:
    cam, boundary = example(*size)
    cam, boundary = cam.float(), boundary.float()
    expected = dense_random_walk(cam.double(), boundary.double(), 5, 10, 256)
    error = (random_walk(cam, boundary) - expected).abs().max()
    assert error < 1e-6 * expected.max()
    exact = random_walk(cam.double(), boundary.double(), tolerance=1e-14)
    assert (exact - expected).abs().max() < 1e-12 * expected.max()


@pytest.mark.parametrize('size', [(24, 32), (2, 15), (13, 3), (1, 1)])
@pytest.mark.parametrize('settings', [
    {}, dict(radius=2, beta=4, num_steps=5), dict(radius=7, beta=0)])
def test_equals_the_way_of_a_gpu(size: tuple[int, int], settings: dict,
                                 monkeypatch: pytest.MonkeyPatch) -> None:
    cam, boundary = example(*size, classes=3)
    boundary[0] = 1  # which nothing passes
    expected = random_walk(cam, boundary, **settings)
    monkeypatch.setattr(
        sys.modules[random_walk.__module__], '_matrix', WalkTable)
    result = random_walk(cam, boundary, **settings)
    assert (result - expected).abs().max() <= 1e-6 * expected.max()
    assert random_walk(cam[:0], boundary).shape == (0, *size)


def test_parameters_of_the_walk() -> None:
    cam, boundary = example(7, 8)
    expected = dense_random_walk(cam, boundary, 3, 4, 5)
    result = random_walk(cam, boundary, radius=3, beta=4, num_steps=5)
    torch.testing.assert_close(result, expected)


def test_stops_at_a_closed_boundary() -> None:
    boundary = torch.zeros(10, 11)
    boundary[:, 5] = 1
    cam = torch.zeros(1, 10, 11)
    cam[0, 4, 2] = 1
    result = random_walk(cam, boundary)
    assert (result[..., 6:] == 0).all()
    assert (result[..., :5] > 0).all()


def test_image_without_classes() -> None:
    cam, boundary = example(4, 5)
    assert random_walk(cam[:0], boundary).shape == (0, 4, 5)


def test_float32_under_autocast() -> None:
    cam, boundary = (x.float() for x in example(8, 9))
    expected = random_walk(cam, boundary)
    with torch.autocast('cpu', dtype=torch.bfloat16):
        assert torch.equal(random_walk(cam, boundary), expected)
    assert random_walk(cam.half(), boundary.half()).dtype == torch.float32


@pytest.mark.skipif(not torch.cuda.is_available(), reason='needs a GPU')
def test_gpu_equals_cpu() -> None:
    cam, boundary = (x.float() for x in example(40, 50))
    result = random_walk(cam.cuda(), boundary.cuda())
    torch.testing.assert_close(
        result.cpu(), random_walk(cam, boundary), rtol=1e-4, atol=1e-6)


@pytest.mark.usefixtures('shapes_unchecked')
def test_wrong_input_is_named() -> None:
    cam, boundary = example(6, 7)
    with pytest.raises(ValueError, match=r'cam \(2, 6, 7\).*\(7, 6\)'):
        random_walk(cam, boundary.T)
    with pytest.raises(InputError, match='cam holds NaN'):
        random_walk(cam / 0 * 0, boundary)
    with pytest.raises(InputError, match='boundary holds .* NaN'):
        random_walk(cam, boundary / 0 * 0)
    with pytest.raises(InputError, match='boundary holds .* outside of 0..1'):
        random_walk(cam, boundary + 1)
    with pytest.raises(InputError, match='beta is -1'):
        random_walk(cam, boundary, beta=-1)
    with pytest.raises(InputError, match='num_steps -1'):
        random_walk(cam, boundary, num_steps=-1)
    with pytest.raises(InputError, match='radius 1'):
        random_walk(cam, boundary, radius=1)


def some_maps(seed: int = 0) -> tuple[Tensor, Tensor]:
    """Return maps of two classes (2, 9, 13) and boundaries (9, 13)."""
    generator = torch.Generator().manual_seed(seed)
    return (torch.rand(2, 9, 13, generator=generator),
            torch.rand(9, 13, generator=generator))


def test_maximum_divides_by_that_of_the_enlarged_walk() -> None:
    cam, boundary = some_maps()
    walked = random_walk(cam, boundary, 4, 3, 6)
    expected = F.interpolate(walked[None], SIZE, mode='bilinear')[0]
    scores = walk_scores(cam, boundary, SIZE, 4, 3, 6)
    assert scores.max() == 1
    torch.testing.assert_close(scores, expected / expected.max())


def test_maps_of_zero_stay_zero() -> None:
    _, boundary = some_maps()
    for normalize in ('maximum', 'mean'):
        scores = walk_scores(torch.zeros(2, 9, 13), boundary, SIZE,
                             normalize=normalize)
        assert scores.shape == (2, *SIZE) and (scores == 0).all()


def test_mean_is_that_of_the_pixels_which_reach_it() -> None:
    """One pixel's walk, backwards, weighs all pixels."""
    cam, boundary = some_maps()
    pixels = torch.eye(9 * 13).reshape(-1, 9, 13)
    # (hw, hw): what each pixel contributes to each
    share = random_walk(pixels, boundary, 4, 3, 6).flatten(1)
    share = share / share.sum(dim=0)
    expected = (cam.flatten(1) @ share).reshape(2, 9, 13)
    scores = walk_scores(cam, boundary, (9, 13), 4, 3, 6, 'mean')
    torch.testing.assert_close(scores, expected)


def test_mean_of_an_enclosed_part_is_no_matter_to_the_others() -> None:
    cam, boundary = torch.zeros(1, 9, 13), torch.zeros(9, 13)
    boundary[:, 6] = 1
    cam[:, :, :6] = 0.3
    cam[:, 4, 10] = 0.6
    weak = walk_scores(cam, boundary, (9, 13), normalize='mean')
    cam[:, :, 7:] = 1
    strong = walk_scores(cam, boundary, (9, 13), normalize='mean')
    torch.testing.assert_close(weak[0, :, :6], torch.full((9, 6), 0.3))
    assert torch.equal(weak[..., :6], strong[..., :6])
    relative = walk_scores(cam, boundary, (9, 13))
    torch.testing.assert_close(relative[0, :, :6], torch.full((9, 6), 0.3))
    torch.testing.assert_close(strong[0, :, 7:], torch.ones(9, 6))


def test_mean_where_nothing_arrives_is_zero() -> None:
    scores = walk_scores(torch.ones(1, 9, 13), torch.ones(9, 13), SIZE,
                         normalize='mean')
    assert (scores == 0).all()


def test_unknown_normalisation() -> None:
    cam, boundary = some_maps()
    with pytest.raises(InputError, match="'maximum', 'mean'"):
        walk_scores(cam, boundary, SIZE, normalize='max')


@pytest.mark.parametrize('normalize', ['maximum', 'mean'])
def test_nothing_walks_where_there_is_no_class(normalize: str) -> None:
    scores = walk_scores(torch.zeros(0, 9, 12), torch.rand(9, 12), SIZE,
                         normalize=normalize)
    assert scores.shape == (0, *SIZE)
