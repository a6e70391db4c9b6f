# Copyright (c) COMNet contributors. All rights reserved.
"""Figures for a paper."""

from pathlib import Path

import numpy as np
from PIL import Image

from comnet.visualization import write_figure

RED, BLUE = (255, 0, 0), (0, 0, 255)


def picture(height: int, width: int, color: tuple[int, int, int]
            ) -> np.ndarray:
    return np.full((height, width, 3), color, np.uint8)


def share(figure: np.ndarray, color: tuple[int, int, int]) -> float:
    return float((figure == color).all(axis=2).mean())


def test_pictures_stand_in_rows_and_columns(tmp_path: Path) -> None:
    files = write_figure(tmp_path / 'out/fig.pdf', ['one', 'two'], [
        [picture(60, 80, RED), picture(60, 80, BLUE)],
        [picture(30, 80, BLUE), None]])
    assert files == [tmp_path / 'out/fig.png', tmp_path / 'out/fig.pdf']
    figure = np.array(Image.open(files[0]).convert('RGB'))
    height, width = figure.shape[:2]
    assert width == 2148  # 7.16 inches of 300 dots
    assert figure[height // 3, width // 4].tolist() == [*RED]
    assert figure[height // 3, 3 * width // 4].tolist() == [*BLUE]
    assert figure[7 * height // 8, width // 4].tolist() == [*BLUE]
    assert figure[7 * height // 8, 3 * width // 4].tolist() == [255] * 3
    assert share(figure, RED) > 0.25  # no room is wasted
    assert files[1].read_bytes().startswith(b'%PDF')


def test_legend_has_its_colours(tmp_path: Path) -> None:
    cells = [[picture(60, 80, RED)]]
    plain, named = (
        np.array(Image.open(write_figure(
            tmp_path / name, ['image'], cells, legend)[0]).convert('RGB'))
        for name, legend in (('plain', []), ('named', [
            (f'class {index}', BLUE) for index in range(9)])))
    assert share(plain, BLUE) == 0 < share(named, BLUE)
    assert named.shape[0] > plain.shape[0]


def test_same_pictures_give_the_same_files(tmp_path: Path) -> None:
    first, second = (
        write_figure(tmp_path / name, ['image'], [[picture(60, 80, RED)]])
        for name in 'ab')
    for one, other in zip(first, second, strict=True):
        assert one.read_bytes() == other.read_bytes()
