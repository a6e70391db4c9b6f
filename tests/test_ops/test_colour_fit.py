# Copyright (c) COMNet contributors. All rights reserved.
"""What masks explain of the colours of pictures whose objects are known."""

import cv2
import numpy as np
import pytest

from comnet.ops import colour_fit, pseudo_mask

THRESHOLDS = np.array([0.1, 0.3, 0.5, 0.7, 0.9])
CLASS_IDS = np.array([3, 11])


@pytest.fixture
def image() -> np.ndarray:
    """A red square before green grass, with noise."""
    picture = np.full((24, 32, 3), (60, 140, 60))
    picture[6:18, 8:20] = 200, 40, 40
    noise = np.random.default_rng(0).integers(-20, 20, picture.shape)
    return (picture + noise).astype(np.uint8)


@pytest.fixture
def scores() -> np.ndarray:
    return np.random.default_rng(1).random((2, 24, 32))


def share(image: np.ndarray, mask: np.ndarray) -> float:
    """1 - the squares within the labels / those of the whole picture."""
    colours = cv2.cvtColor(
        np.float32(image) / 255, cv2.COLOR_RGB2LAB).astype(np.float64)
    within = sum(((part - part.mean(0))**2).sum() for part in (
        colours[mask == label] for label in np.unique(mask)))
    return float(1 - within / ((colours - colours.mean((0, 1)))**2).sum())


def test_is_one_less_the_variance_within_the_labels(
        image: np.ndarray, scores: np.ndarray) -> None:
    expected = [share(image, pseudo_mask(scores, CLASS_IDS, threshold))
                for threshold in THRESHOLDS]
    np.testing.assert_allclose(
        colour_fit(image, scores, THRESHOLDS), expected, rtol=1e-4)


@pytest.mark.parametrize('edge', [0.2, 0.4, 0.6, 0.8])
def test_is_highest_where_the_mask_is_the_object(
        image: np.ndarray, edge: float) -> None:
    """The score falls with the distance, and is ``edge`` at the border."""
    rows, columns = np.mgrid[:24, :32]
    distance = np.maximum(abs(rows - 11.5), abs(columns - 13.5)) / 6
    scores = np.where(distance < 1, 1 - (1 - edge) * distance,
                      edge * np.exp(1 - distance))[None]
    thresholds = np.arange(1, 20) / 20
    fits = colour_fit(image, scores, thresholds)
    assert thresholds[fits.argmax()] == pytest.approx(edge, abs=0.051)
    assert fits.max() > 0.9


def test_light_and_dark_count_less_than_in_rgb() -> None:
    """A shadow over half of a picture is no object."""
    image = np.full((8, 8, 3), (120, 60, 60), np.uint8)
    image[:, 4:] = 60, 60, 120
    image[4:] //= 2
    halves = np.zeros((2, 8, 8))
    halves[0, :, :4] = halves[1, :4] = 1
    colour, shadow = (colour_fit(image, half[None], np.array([0.5]))
                      for half in halves)
    assert colour > shadow > 0


def test_mask_of_one_label_explains_nothing(image: np.ndarray) -> None:
    assert (colour_fit(image, np.zeros((1, 24, 32)), THRESHOLDS) == 0).all()
    assert (colour_fit(image, np.zeros((0, 24, 32)), THRESHOLDS) == 0).all()


def test_picture_of_one_colour_tells_nothing(scores: np.ndarray) -> None:
    grey = np.full((24, 32, 3), 77, np.uint8)
    assert (colour_fit(grey, scores, THRESHOLDS) == 0).all()


@pytest.mark.usefixtures('shapes_unchecked')
def test_sizes_have_to_fit(image: np.ndarray) -> None:
    with pytest.raises(ValueError, match=r'give \(H, W, 3\)'):
        colour_fit(image, np.zeros((2, 12, 16)), THRESHOLDS)
