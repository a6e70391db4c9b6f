# Copyright (c) COMNet contributors. All rights reserved.
"""Pseudo masks from the scores of two classes."""

import numpy as np
import pytest

from comnet.ops import (
    crf_refine_labels,
    crf_refine_scores,
    par_refine_scores,
    pseudo_mask,
)
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


def test_crf_of_labels_chooses_among_those_of_the_mask(
        scores: np.ndarray, image: np.ndarray) -> None:
    scores[1] = 0  # the class is in no pixel: it is no choice
    labels = stacked_labels(scores, 0.6)
    expected = np.array([0, 4])[crf_refine_labels(image, labels, 2)]
    mask = pseudo_mask(scores, CLASS_IDS, 0.6, image, 'labels')
    assert (mask == expected).all()


def test_crf_of_scores(scores: np.ndarray, image: np.ndarray) -> None:
    expected = np.array([0, 4, 12])[crf_refine_scores(image, scores, 0.6)]
    mask = pseudo_mask(scores, CLASS_IDS, 0.6, image, 'scores')
    assert (mask == expected).all()


def test_par(scores: np.ndarray, image: np.ndarray) -> None:
    expected = np.array([0, 4, 12])[par_refine_scores(image, scores, 0.6)]
    mask = pseudo_mask(scores, CLASS_IDS, 0.6, image, 'par')
    assert (mask == expected).all()
    assert (mask != pseudo_mask(scores, CLASS_IDS, 0.6)).any()


def test_one_map_a_class(scores: np.ndarray) -> None:
    with pytest.raises(ValueError, match='one map a class'):
        pseudo_mask(scores, CLASS_IDS[:1], 0.6)


def test_scores_that_are_not_finite(scores: np.ndarray) -> None:
    scores[1, 3, 4] = np.nan
    with pytest.raises(InputError, match='hold NaN'):
        pseudo_mask(scores, CLASS_IDS, 0.6)


def test_crf_that_there_is_not(scores: np.ndarray, image: np.ndarray) -> None:
    with pytest.raises(InputError, match="crf is 'mean'; give one of"):
        pseudo_mask(scores, CLASS_IDS, 0.6, image, 'mean')
    with pytest.raises(ValueError, match='takes the image'):
        pseudo_mask(scores, CLASS_IDS, 0.6, crf='labels')
