# Copyright (c) COMNet contributors. All rights reserved.
"""Pseudo masks from the scores of two classes."""

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from comnet.ops import enlarged_argmax, pseudo_mask
from comnet.utils import InputError

CLASS_IDS = np.array([3, 11])


@pytest.fixture
def scores() -> np.ndarray:
    return np.random.default_rng(0).random((2, 36, 50), dtype=np.float32)


@pytest.fixture
def image() -> np.ndarray:
    return np.random.default_rng(1).integers(
        0, 256, (36, 50, 3), dtype=np.uint8)


def stacked_labels(scores: np.ndarray, threshold: float) -> np.ndarray:
    """IRN pads the maps with one of the constant threshold."""
    background = np.full((1, *scores.shape[1:]), threshold)
    return np.concatenate([background, scores]).argmax(0)


def test_highest_score_above_the_threshold_wins() -> None:
    scores = np.array([[[1.0, 0.275, 0.225, 0.0, 0.25]],
                       [[0.0, 0.125, 0.5, 0.2, 0.1]]])
    mask = pseudo_mask(scores, CLASS_IDS, bg_threshold=0.25)
    assert mask.dtype == np.uint8
    assert mask.tolist() == [[4, 4, 12, 0, 0]]


def test_equals_background_as_one_more_map(scores: np.ndarray) -> None:
    expected = np.array([0, 4, 12])[stacked_labels(scores, 0.6)]
    mask = pseudo_mask(scores, CLASS_IDS, 0.6)
    assert (mask == expected).all()
    assert set(np.unique(mask)) == {0, 4, 12}


def test_scores_of_zero_are_background() -> None:
    assert (pseudo_mask(np.zeros((2, 12, 16)), CLASS_IDS, 0.25) == 0).all()


def test_refiner_chooses_among_the_labels_that_win(
        scores: np.ndarray, image: np.ndarray) -> None:
    scores[0] *= 0.5  # never above the background: it is no choice

    def brightness(given: np.ndarray, weights: np.ndarray) -> np.ndarray:
        assert given is image
        expected = np.stack([np.full((36, 50), 0.6), scores[1]])[None]
        np.testing.assert_allclose(weights, expected, rtol=1e-6)
        bright = image.mean(2) > 128
        return np.stack([~bright, bright])[None].astype(np.float32)

    mask = pseudo_mask(scores, CLASS_IDS, 0.6, image, brightness)
    assert mask.dtype == np.uint8
    assert (mask == np.where(image.mean(2) > 128, 12, 0)).all()


@pytest.mark.usefixtures('shapes_unchecked')
def test_one_map_a_class(scores: np.ndarray) -> None:
    with pytest.raises(ValueError, match='one map a class'):
        pseudo_mask(scores, CLASS_IDS[:1], 0.6)


def test_scores_that_are_not_finite(scores: np.ndarray) -> None:
    scores[1, 3, 4] = np.nan
    with pytest.raises(InputError, match='hold NaN'):
        pseudo_mask(scores, CLASS_IDS, 0.6)


def test_refiner_takes_an_image(scores: np.ndarray) -> None:
    with pytest.raises(ValueError, match='takes the image'):
        pseudo_mask(scores, CLASS_IDS, 0.6, refine=lambda image, maps: maps)


def test_enlarged_argmax_is_that_of_all_enlarged_scores() -> None:
    generator = torch.Generator().manual_seed(0)
    scores = torch.randn(7, 5, 6, generator=generator)
    large, = F.interpolate(scores[None], size=(17, 23), mode='bilinear')
    labels = enlarged_argmax(scores, (17, 23))
    assert labels.dtype == torch.uint8
    assert torch.equal(labels.long(), large.argmax(0))
