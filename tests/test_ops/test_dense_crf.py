# Copyright (c) COMNet contributors. All rights reserved.
"""The dense CRF on an image with one sharp edge."""

import numpy as np
import pytest

from comnet.ops import dense_crf

SETTINGS = dict(num_steps=10, gaussian_sxy=3, gaussian_compat=3,
                bilateral_sxy=50, bilateral_srgb=5, bilateral_compat=10)


@pytest.fixture
def two_colours() -> np.ndarray:
    """An image (24, 32, 3), green left of column 16 and red from there on."""
    image = np.full((24, 32, 3), (20, 200, 20), dtype=np.uint8)
    image[:, 16:] = (200, 20, 20)
    return image


def test_several_stacks_share_the_kernels_and_nothing_else(
        two_colours: np.ndarray) -> None:
    red = np.full((24, 32), 0.3)
    nothing = np.stack([1 - red, red])
    red[:, 18:] = 0.7  # two columns too late
    late = np.stack([1 - red, red])
    together = dense_crf(two_colours, np.stack([late, nothing]), **SETTINGS)
    assert together.dtype == np.float32
    assert np.array_equal(together[0].argmax(0)[0], np.arange(32) >= 16)
    for each, result in zip((late, nothing), together, strict=True):
        assert np.array_equal(
            dense_crf(two_colours, each[None], **SETTINGS)[0], result)


def test_probs_stay_without_steps(two_colours: np.ndarray) -> None:
    # With no mean field step and a softmax of -unary, what goes in comes out.
    rng = np.random.default_rng(0)
    probs = rng.dirichlet([1, 1, 1], (1, 24, 32)).transpose(0, 3, 1, 2)
    result = dense_crf(two_colours, probs, **dict(SETTINGS, num_steps=0))
    np.testing.assert_allclose(result, probs, atol=1e-4)


def test_image_is_not_changed(two_colours: np.ndarray) -> None:
    two_colours.flags.writeable = False
    probs = np.tile(np.where(np.arange(32) > 17, 0.7, 0.3), (1, 2, 24, 1))
    probs[:, 0] = 1 - probs[:, 1]
    mirrored = dense_crf(two_colours[:, ::-1], probs[..., ::-1], **SETTINGS)
    np.testing.assert_allclose(
        mirrored[..., ::-1], dense_crf(two_colours, probs, **SETTINGS),
        atol=1e-3)


@pytest.mark.usefixtures('shapes_unchecked')
def test_wrong_input_is_named(two_colours: np.ndarray) -> None:
    probs = np.full((1, 2, 24, 32), 0.5)
    with pytest.raises(ValueError, match='image is uint8'):
        dense_crf(two_colours, probs[:, :, 1:], **SETTINGS)
    with pytest.raises(ValueError, match='image is float32'):
        dense_crf(two_colours.astype(np.float32), probs, **SETTINGS)
    with pytest.raises(ValueError, match='do not sum to 1'):
        dense_crf(two_colours, 2 * probs, **SETTINGS)
    with pytest.raises(ValueError, match='give .N, C, H, W.'):
        dense_crf(two_colours, probs[0], **SETTINGS)
