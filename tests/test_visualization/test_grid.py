# Copyright (c) COMNet contributors. All rights reserved.
"""Pictures side by side."""

from pathlib import Path

import numpy as np
from PIL import Image

from comnet.visualization import colored, heatmap, write_grid
from comnet.visualization.grid import HEADER, HEIGHT


def picture(height: int, width: int, color: tuple[int, int, int]
            ) -> np.ndarray:
    return np.full((height, width, 3), color, dtype=np.uint8)


def test_blocks_stand_below_each_other(tmp_path: Path) -> None:
    red, blue = picture(60, 80, (255, 0, 0)), picture(60, 80, (0, 0, 255))
    write_grid(tmp_path / 'grid.png', [
        [('red', [red, red]), ('blue', [blue, blue])], [('red', [red])]])
    grid = np.array(Image.open(tmp_path / 'grid.png'))
    assert grid.shape == (2 * HEADER + 3 * HEIGHT, 2 * 160, 3)
    middle = HEADER + HEIGHT // 2
    assert grid[middle, 80].tolist() == [255, 0, 0]
    assert grid[middle, 240].tolist() == [0, 0, 255]
    below = HEADER + 2 * HEIGHT + middle
    assert grid[below, 80].tolist() == [255, 0, 0]
    assert grid[below, 240].tolist() == [255, 255, 255]  # nothing there


def test_pictures_of_any_shape_fit(tmp_path: Path) -> None:
    cells = [picture(40, 90, (0, 255, 0)), picture(90, 40, (0, 255, 0))]
    write_grid(tmp_path / 'grid.png', [[('wide and high', cells)]])
    grid = np.array(Image.open(tmp_path / 'grid.png'))
    assert grid.shape == (HEADER + 2 * HEIGHT, round(HEIGHT * 90 / 40), 3)


def test_colours_of_a_mask_are_those_of_voc() -> None:
    assert colored(np.array([[0, 1, 2, 255]])).tolist() == [
        [[0, 0, 0], [128, 0, 0], [0, 128, 0], [224, 224, 192]]]


def test_heat_is_red_and_cold_is_blue() -> None:
    image = picture(2, 2, (0, 0, 0))
    map_ = heatmap(image, np.array([[0.0, 1.0], [0.0, 1.0]]))
    assert map_[0, 0, 2] > map_[0, 0, 0]
    assert map_[0, 1, 0] > map_[0, 1, 2]
