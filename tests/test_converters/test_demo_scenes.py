# Copyright (c) COMNet contributors. All rights reserved.
"""Drawn scenes: bodies, their distinctive parts, and the masks."""

import cv2
import numpy as np
import pytest

from comnet.converters.demo_data import MIN_SIZE
from comnet.converters.demo_looks import CLASSES, LOOKS
from comnet.converters.demo_scenes import draw_scene


@pytest.mark.parametrize('size', [(160, 120), MIN_SIZE])
def test_every_scene_shows_its_class_as_a_body_with_a_small_part(
        size: tuple[int, int]) -> None:
    for index in range(30):
        name = CLASSES[index % len(CLASSES)]
        scene = draw_scene(np.random.default_rng(index), size, first=name)
        assert scene.image.shape == (size[1], size[0], 3)
        assert scene.objects[0].name == name
        assert 1 <= len(scene.objects) <= 3
        drawn = {CLASSES.index(item.name) + 1 for item in scene.objects}
        assert set(np.unique(scene.mask)) - {0, 255} == drawn
        for item in scene.objects:
            assert 0 < item.part_area < 0.3 * item.area


def test_the_part_lies_inside_of_the_body() -> None:
    for look in LOOKS.values():
        outlines = [polygon.astype(np.float32) for polygon in look.body]
        for point in look.part:
            assert any(cv2.pointPolygonTest(
                outline, point.tolist(), False) >= 0 for outline in outlines)


def test_borders_between_labels_are_ignored_on_both_sides() -> None:
    scene = draw_scene(np.random.default_rng(0), (96, 72))
    mask = scene.mask.astype(int)
    assert (mask == 255).any()
    # neighbours with different labels always have the band between them
    for one, other in ((mask[1:], mask[:-1]), (mask[:, 1:], mask[:, :-1])):
        known = (one != 255) & (other != 255)
        assert (one[known] == other[known]).all()
    # and the band is thin: most of the picture keeps its labels
    assert (mask == 255).mean() < 0.2
