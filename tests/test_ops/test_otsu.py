# Copyright (c) COMNet contributors. All rights reserved.
"""Otsu's threshold, beside OpenCV's."""

import cv2
import numpy as np
import pytest

from comnet.ops.otsu import otsu_threshold


@pytest.mark.parametrize('seed', range(5))
def test_equals_opencv(seed: int) -> None:
    """Which names the last grey level of the lower class."""
    chance = np.random.default_rng(seed)
    levels = np.concatenate([
        chance.normal(60, 20, 5000), chance.normal(170, 30, 500 * seed)])
    levels = levels.clip(0, 255).astype(np.uint8)
    last, _ = cv2.threshold(levels, 0, 255, cv2.THRESH_OTSU)
    counts = np.bincount(levels, minlength=256)
    assert otsu_threshold(counts) == (last + 1) / 256


def test_large_counts_do_not_overflow() -> None:
    counts = np.zeros(100, np.int64)
    counts[[20, 21, 70]] = 3 * 10**9
    assert otsu_threshold(counts) == 0.22
