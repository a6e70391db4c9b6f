# Copyright (c) COMNet contributors. All rights reserved.
"""The dense CRF against IRN's results and on images with one sharp edge."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from comnet.ops.dense_crf import (
    crf_refine_labels,
    crf_refine_probs,
    crf_refine_scores,
)
from comnet.utils import InputError


@pytest.fixture
def two_colours() -> np.ndarray:
    """An image (24, 32, 3), green left of column 16 and red from there on."""
    image = np.full((24, 32, 3), (20, 200, 20), dtype=np.uint8)
    image[:, 16:] = (200, 20, 20)
    return image


@pytest.mark.parametrize('name', ['5_1_s', '9_2_s'])
def test_equals_irn(kit: Path, name: str) -> None:
    oracle = np.load(kit / 'oracle' / 'irn_crf.npz')
    path = kit / 'data' / 'MSRC14' / 'JPEGImages' / f'{name}.jpg'
    image = cv2.cvtColor(cv2.imread(str(path)), cv2.COLOR_BGR2RGB)
    labels, expected = oracle[f'{name}_label'], oracle[f'{name}_refined']
    result = crf_refine_labels(image, labels, num_labels=2)
    assert (result == expected).mean() >= 0.995
    assert (labels == expected).mean() < 0.98  # it has something to do
    assert result.dtype == labels.dtype


def test_labels_follow_the_colours(two_colours: np.ndarray) -> None:
    labels = np.zeros((24, 32), dtype=np.int64)
    labels[:, 18:] = 1  # two columns too late
    result = crf_refine_labels(two_colours, labels, num_labels=2)
    assert (result[:, :16] == 0).all() and (result[:, 16:] == 1).all()


def test_several_maps_share_a_crf_and_nothing_else(
        two_colours: np.ndarray) -> None:
    nothing, late = np.zeros((2, 24, 32), dtype=np.int64)
    late[:, 18:] = 1
    together = crf_refine_labels(two_colours, np.stack([late, nothing]), 2)
    assert not np.array_equal(*together)
    for each, result in zip((late, nothing), together, strict=True):
        assert np.array_equal(crf_refine_labels(two_colours, each, 2), result)


def test_one_label_stays(two_colours: np.ndarray) -> None:
    labels = np.zeros((24, 32), dtype=np.uint8)
    result = crf_refine_labels(two_colours, labels, num_labels=1)
    assert np.array_equal(result, labels) and result is not labels


def test_probs_follow_the_colours(two_colours: np.ndarray) -> None:
    red = np.full((24, 32), 0.3, dtype=np.float32)
    red[:, 18:] = 0.7
    result = crf_refine_probs(two_colours, np.stack([1 - red, red]))
    np.testing.assert_allclose(result.sum(0), 1, rtol=1e-5)
    assert np.array_equal(result.argmax(0)[0], np.arange(32) >= 16)


def test_probs_stay_without_steps(two_colours: np.ndarray) -> None:
    # With no mean field step and a softmax of -unary, what goes in comes out.
    rng = np.random.default_rng(0)
    probs = rng.dirichlet([1, 1, 1], (24, 32)).transpose(2, 0, 1)
    result = crf_refine_probs(two_colours, probs, num_steps=0)
    np.testing.assert_allclose(result, probs, atol=1e-4)


@pytest.mark.parametrize(('left', 'right', 'label'), [
    (0.01, 0.22, 0), (0.18, 0.95, 2)])
def test_the_surer_half_of_a_colour_decides(
        two_colours: np.ndarray, left: float, right: float,
        label: int) -> None:
    scores = np.full((2, 24, 32), 0.01, dtype=np.float32)
    scores[1, :, :8], scores[1, :, 8:16] = left, right
    scores[0, :, 16:] = 0.6
    result = crf_refine_scores(two_colours, scores, bg_threshold=0.20)
    assert (result == np.where(np.arange(32) < 16, label, 1)).all()


def test_scores_without_steps_are_compared_with_the_background(
        two_colours: np.ndarray) -> None:
    scores = np.random.default_rng(0).random((2, 24, 32), dtype=np.float32)
    result = crf_refine_scores(two_colours, scores, 0.4, num_steps=0)
    expected = np.concatenate([np.full((1, 24, 32), 0.4), scores]).argmax(0)
    assert np.array_equal(result, expected)


def test_image_is_not_changed(two_colours: np.ndarray) -> None:
    two_colours.flags.writeable = False
    labels = np.tile(np.arange(32) > 17, (24, 1)).astype(np.int64)
    view = two_colours[:, ::-1]  # not contiguous
    result = crf_refine_labels(view, labels[:, ::-1], num_labels=2)
    assert np.array_equal(
        result[:, ::-1], crf_refine_labels(two_colours, labels, 2))


def test_wrong_input_is_named(two_colours: np.ndarray) -> None:
    labels = np.zeros((24, 32), dtype=np.int64)
    with pytest.raises(ValueError, match='image is uint8'):
        crf_refine_labels(two_colours, labels[1:], num_labels=2)
    with pytest.raises(ValueError, match='image is float32'):
        crf_refine_labels(two_colours.astype(np.float32), labels, 2)
    with pytest.raises(ValueError, match='labels run from 0 to 255'):
        crf_refine_labels(two_colours, labels + np.eye(24, 32, dtype=int)
                          * 255, num_labels=2)
    with pytest.raises(InputError, match='gt_prob is 1'):
        crf_refine_labels(two_colours, labels, 2, gt_prob=1)
    with pytest.raises(ValueError, match='do not sum to 1'):
        crf_refine_probs(two_colours, np.ones((2, 24, 32)))
    with pytest.raises(InputError, match='bg_threshold is 0'):
        crf_refine_scores(two_colours, np.ones((1, 24, 32)), 0)
    with pytest.raises(ValueError, match='one map a class'):
        crf_refine_probs(two_colours, np.ones((24, 32)))
