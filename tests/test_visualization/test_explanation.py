# Copyright (c) COMNet contributors. All rights reserved.
"""Drawings of what the matching saw."""

import numpy as np
import pytest
from helpers.pages import check_page

from comnet.visualization import (
    ImageMatching,
    PointMatches,
    draw_points,
    draw_strength,
    render_explanation,
)

GREY = np.full((60, 80, 3), 100, np.uint8)


def test_line_parts_what_co_occurs() -> None:
    strength = np.full((60, 80), -0.5, np.float32)
    strength[20:40, 30:50] = 0.5
    drawn = draw_strength(GREY, strength)
    assert (drawn[20, 30:50] == 255).all()  # the edge of the inner side
    assert drawn[30, 40].sum() > drawn[5, 5].sum()
    assert (drawn == 255).all(axis=2).sum() < 100


def test_strength_of_nothing_has_no_line() -> None:
    drawn = draw_strength(GREY, np.zeros((60, 80), np.float32))
    assert (drawn == drawn[0, 0]).all()


def test_points_differ_in_shape_and_colour() -> None:
    drawn = draw_points(GREY, PointMatches(
        'object', (20.5, 30.5), [(60.0, 10.0), (79.9, 59.9)]))
    assert drawn[30, 20].tolist() == [213, 94, 0]
    assert drawn[10, 60].tolist() == [100, 100, 100]  # a ring is empty
    assert drawn[10, 65].tolist() == [86, 180, 233]
    assert drawn[59, 74].tolist() == [86, 180, 233]  # beside the border
    assert np.array_equal(GREY, np.full((60, 80, 3), 100))


@pytest.mark.parametrize('inter, intra, pictures', [
    (True, True, 5), (True, False, 4), (False, True, 4)])
def test_page_shows_what_there_is(
        inter: bool, intra: bool, pictures: int) -> None:
    heat = np.linspace(0, 1, 4800, dtype=np.float32).reshape(60, 80)
    seen = ImageMatching(
        '<a>', GREY, 0.75, heat, heat, heat - 0.5 if inter else None,
        [PointMatches('object', (1, 1), [(2, 2)])] if intra else [])
    page = check_page(render_explanation('cat', [seen]))
    assert len(page.all('img')) == pictures
    assert '<a>, matched with itself' in page.text
    assert 'scores cat 0.75' in page.text
