# Copyright (c) COMNet contributors. All rights reserved.
"""Masks on top of pictures, with a legend."""

import numpy as np
import pytest

from comnet.visualization import (
    colored,
    heatmap,
    mask_legend,
    overlay,
    with_legend,
)

CLASSES = ('cat', 'cow', 'sheep')


def test_colours_of_a_mask_are_those_of_voc() -> None:
    assert colored(np.array([[0, 1, 2, 255]])).tolist() == [
        [[0, 0, 0], [128, 0, 0], [0, 128, 0], [224, 224, 192]]]


def test_heat_is_told_by_lightness_alone() -> None:
    heat = np.linspace(0, 1, 9, dtype=np.float32)[None]
    drawn = heatmap(np.zeros((1, 9, 3), np.uint8), heat)
    assert (np.diff(drawn[0] @ (0.299, 0.587, 0.114)) > 0).all()


def test_background_stays_and_objects_are_mixed() -> None:
    image = np.full((2, 3, 3), 100, np.uint8)
    mask = np.array([[0, 0, 1], [0, 2, 2]], np.uint8)
    mixed = overlay(image, mask, opacity=0.5)
    assert (mixed[mask == 0] == 100).all()
    assert mixed[0, 2].tolist() == [114, 50, 50]  # (128, 0, 0)
    assert mixed[1, 1].tolist() == [50, 114, 50]


def test_legend_names_what_is_there() -> None:
    mask = np.array([[0, 3, 3], [1, 0, 255]], np.uint8)
    assert mask_legend(mask, CLASSES) == [
        ('cat', [128, 0, 0]), ('sheep', [128, 128, 0])]


@pytest.mark.parametrize('width', [10, 96, 600, 4000])
def test_legend_has_all_colours_at_any_width(width: int) -> None:
    picture = np.zeros((50, width, 3), np.uint8)
    entries = [(name, (60 * index, 255, 0))
               for index, name in enumerate(CLASSES)]
    legend = with_legend(picture, entries)[50:]
    assert legend.shape[1] == width
    for _, color in entries:
        assert (legend == color).all(axis=-1).any()


def test_nothing_is_added_without_classes() -> None:
    picture = np.zeros((5, 9, 3), np.uint8)
    assert np.array_equal(with_legend(picture, []), picture)


@pytest.mark.parametrize('one, other', [('кот', 'пёс'), ('γάτα', 'σκύλ')])
def test_names_of_other_alphabets_can_be_read(one: str, other: str) -> None:
    picture = np.zeros((50, 96, 3), np.uint8)
    assert not np.array_equal(*(
        with_legend(picture, [(name, (255, 0, 0))]) for name in (one, other)))
