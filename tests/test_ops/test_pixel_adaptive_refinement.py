# Copyright (c) COMNet contributors. All rights reserved.
"""Pixel-adaptive refinement against loops over pixels and neighbours."""

import numpy as np
import pytest
import torch

from comnet.ops import pixel_adaptive_refinement

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


def test_area_of_one_colour_is_averaged() -> None:
    probs = torch.zeros(1, 9, 9)
    probs[0, 4, 4] = 1
    refined = pixel_adaptive_refinement(
        torch.full((3, 9, 9), 77, dtype=torch.uint8), probs,
        **dict(SETTINGS, num_steps=1, dilations=(1, ), position_weight=0))
    expected = torch.zeros(9, 9)
    expected[3:6, 3:6] = 1 / 8
    expected[4, 4] = 0  # no neighbour of its own
    torch.testing.assert_close(refined[0], expected)


def test_nothing_without_steps() -> None:
    maps = torch.rand(2, 7, 9, generator=torch.Generator().manual_seed(0))
    refined = pixel_adaptive_refinement(
        torch.zeros(3, 7, 9), maps.half(), **dict(SETTINGS, num_steps=0))
    assert torch.equal(refined, maps.half().float())


@pytest.mark.usefixtures('shapes_unchecked')
def test_wrong_input_is_named() -> None:
    with pytest.raises(ValueError, match='do not fit together: give'):
        pixel_adaptive_refinement(
            torch.zeros(3, 7, 9), torch.zeros(2, 6, 9), **SETTINGS)
