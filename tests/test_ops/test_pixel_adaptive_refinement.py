# Copyright (c) COMNet contributors. All rights reserved.
"""Pixel-adaptive refinement against loops over pixels and neighbours."""

import numpy as np
import pytest
import torch

from comnet.ops import (
    par_refine_probs,
    par_refine_scores,
    pixel_adaptive_refinement,
)
from comnet.utils import InputError

SETTINGS = dict(num_steps=2, dilations=(1, 3, 24), color_width=0.4,
                position_width=0.5, position_weight=0.2)


def softmax(values: np.ndarray) -> np.ndarray:
    weights = np.exp(values - values.max())
    return weights / weights.sum()


def by_loops(image: np.ndarray, probs: np.ndarray, num_steps: int,
             dilations: tuple, color_width: float, position_width: float,
             position_weight: float) -> np.ndarray:
    """Refine (C, H, W) by an image (3, H, W), pixel by pixel."""
    height, width = image.shape[1:]
    steps = [(d * y, d * x) for d in dilations
             for y in (-1, 0, 1) for x in (-1, 0, 1) if (y, x) != (0, 0)]
    far = np.array([np.hypot(*step) for step in steps])
    near = softmax(-(far / (position_width * far.std(ddof=1)))**2)
    for _ in range(num_steps):
        refined = np.zeros_like(probs)
        for y in range(height):
            for x in range(width):
                places = [(min(max(y + down, 0), height - 1),
                           min(max(x + right, 0), width - 1))
                          for down, right in steps]
                colours = np.array([image[:, v, u] for v, u in places])
                sigma = color_width * colours.std(0, ddof=1)
                like = softmax(-(((colours - image[:, y, x]) / sigma)**2
                                 ).mean(1))
                weights = like + position_weight * near
                for weight, (v, u) in zip(weights, places, strict=True):
                    refined[:, y, x] += probs[:, v, u] * weight
        probs = refined / (1 + position_weight)
    return probs


@pytest.fixture
def two_colours() -> np.ndarray:
    """An image (24, 32, 3), green left of column 16 and red from there on.

    With some noise: in a flat area all neighbours weigh the same.
    """
    image = np.full((24, 32, 3), (20, 200, 20), dtype=np.uint8)
    image[:, 16:] = (200, 20, 20)
    return image + np.random.default_rng(0).integers(
        0, 8, image.shape, dtype=np.uint8)


@pytest.fixture
def late() -> np.ndarray:
    """Probabilities (2, 24, 32) of green and red, two columns too late."""
    red = np.where(np.arange(32) < 18, 0.3, 0.7)
    return np.tile(np.stack([1 - red, red])[:, None], (1, 24, 1))


def test_equals_loops() -> None:
    rng = np.random.default_rng(0)
    image = rng.integers(0, 256, (3, 7, 9)).astype(float)
    probs = rng.random((2, 7, 9))
    refined = pixel_adaptive_refinement(
        torch.from_numpy(image), torch.from_numpy(probs), **SETTINGS)
    assert refined.dtype == torch.float32
    expected = by_loops(image, probs, **SETTINGS)
    assert abs(expected - probs).max() > 0.1  # it has something to do
    np.testing.assert_allclose(refined, expected, rtol=2e-5)


def test_follows_the_colours(two_colours: np.ndarray,
                             late: np.ndarray) -> None:
    refined = par_refine_probs(two_colours, late)
    np.testing.assert_allclose(refined.sum(0), 1, rtol=1e-5)
    assert (refined.argmax(0) == (np.arange(32) >= 16)).all()


def test_area_of_one_colour_is_averaged() -> None:
    probs = torch.zeros(1, 9, 9)
    probs[0, 4, 4] = 1
    refined = pixel_adaptive_refinement(
        torch.full((3, 9, 9), 77, dtype=torch.uint8), probs, num_steps=1,
        dilations=(1, ), position_weight=0)
    expected = torch.zeros(9, 9)
    expected[3:6, 3:6] = 1 / 8
    expected[4, 4] = 0  # no neighbour of its own
    torch.testing.assert_close(refined[0], expected)


def test_nothing_without_steps(two_colours: np.ndarray,
                               late: np.ndarray) -> None:
    maps = torch.from_numpy(late).half()
    refined = pixel_adaptive_refinement(
        torch.from_numpy(two_colours).permute(2, 0, 1), maps, num_steps=0)
    assert torch.equal(refined, maps.float())


def test_what_comes_in_is_not_changed(two_colours: np.ndarray,
                                      late: np.ndarray) -> None:
    probs, image = late.astype(np.float32), two_colours[:, ::-1]
    before = probs.copy()
    par_refine_probs(image, probs)
    assert np.array_equal(probs, before)


def test_scores_are_compared_with_the_background(
        two_colours: np.ndarray) -> None:
    scores = np.stack([np.where(np.arange(32) < 14, 0.8, 0.1),
                       np.where(np.arange(32) < 17, 0.1, 0.2)])
    scores = np.tile(scores[:, None], (1, 24, 1)).astype(np.float32)
    labels = par_refine_scores(two_colours, scores, bg_threshold=0.4)
    assert (labels == np.where(np.arange(32) < 16, 1, 0)).all()
    for scale in (1, 1e-9):
        labels = par_refine_scores(two_colours, scale * scores, scale * 0.15)
        assert (labels == np.where(np.arange(32) < 16, 1, 2)).all()


def test_wrong_input_is_named(two_colours: np.ndarray,
                              late: np.ndarray) -> None:
    with pytest.raises(ValueError, match='do not fit together: give'):
        par_refine_probs(two_colours[1:], late)
    with pytest.raises(InputError, match='bg_threshold is 0'):
        par_refine_scores(two_colours, late, 0)
