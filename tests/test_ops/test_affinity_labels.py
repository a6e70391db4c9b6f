# Copyright (c) COMNet contributors. All rights reserved.
"""Affinity labels on an image with three zones of confidence."""

import numpy as np
import pytest

from comnet.models.refiners import PAR, DenseCRF, Refiner
from comnet.ops.affinity_labels import affinity_labels
from comnet.utils import InputError

# Three bars of one colour each, 20 pixels wide.
COLOURS = np.array([(220, 30, 30), (30, 220, 30), (30, 30, 220)], np.uint8)
IMAGE = np.broadcast_to(
    COLOURS.repeat(20, axis=0), (24, 60, 3)).copy()
# What the class activation map says in each bar: object, unsure, background.
CAM = np.broadcast_to(
    np.array([0.9, 0.15, 0.01], np.float32).repeat(20), (1, 24, 60))


def bars(labels: np.ndarray) -> list[int]:
    """Return the label of each bar, which must have one only."""
    values = [np.unique(bar) for bar in np.split(labels, 3, axis=1)]
    assert all(len(value) == 1 for value in values)
    return [int(value[0]) for value in values]


def test_three_zones() -> None:
    labels = affinity_labels(IMAGE, CAM, np.array([6]))
    assert labels.dtype == np.uint8 and labels.shape == (24, 60)
    assert bars(labels) == [7, 255, 0]


@pytest.mark.parametrize('refiner, edges', [
    (None, [22, 42]), (DenseCRF(), [20, 40]), (PAR(), [20, 40])])
def test_zones_end_where_colours_do(refiner: Refiner | None,
                                    edges: list[int]) -> None:
    """The maps lie two columns too far right, unless they are refined."""
    noise = np.random.default_rng(0).integers(0, 8, IMAGE.shape, np.uint8)
    cam = np.roll(CAM, 2, axis=2)
    cam[:, :, :2] = CAM[:, :, :2]
    labels = affinity_labels(IMAGE + noise, cam, np.array([6]),
                             refine=refiner)
    expected = np.repeat([7, 255, 0], np.diff([0, *edges, 60]))
    assert (labels == expected).all()


def test_thresholds_move_the_zones() -> None:
    low = affinity_labels(IMAGE, CAM, np.array([6]), fg_threshold=0.10)
    assert bars(low) == [7, 7, 0]
    high = affinity_labels(IMAGE, CAM, np.array([6]), bg_threshold=0.20)
    assert bars(high) == [7, 0, 0]


def test_larger_class_wins() -> None:
    cam = np.concatenate([CAM, CAM[:, :, ::-1]])
    labels = affinity_labels(IMAGE, cam, np.array([2, 4]), ignore_index=99)
    assert bars(labels) == [3, 99, 5]


def test_image_without_classes_is_background() -> None:
    for refiner in (None, DenseCRF(), PAR()):
        labels = affinity_labels(IMAGE, CAM[:0], np.array([], dtype=int),
                                 refine=refiner)
        assert bars(labels) == [0, 0, 0]


@pytest.mark.usefixtures('shapes_unchecked')
def test_wrong_input_is_named() -> None:
    with pytest.raises(ValueError, match='one map a class'):
        affinity_labels(IMAGE, CAM, np.array([1, 2]))
    with pytest.raises(ValueError, match='maps of the same size'):
        affinity_labels(IMAGE[:, 1:], CAM, np.array([1]), refine=DenseCRF())
    with pytest.raises(InputError, match='0.4 is above fg_threshold 0.3'):
        affinity_labels(IMAGE, CAM, np.array([1]), 0.3, 0.4)
