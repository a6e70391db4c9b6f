# Copyright (c) COMNet contributors. All rights reserved.
"""Class activation maps over the pictures of a test."""

from pathlib import Path

import numpy as np
import pytest
from mmpretrain.structures import DataSample

from comnet.datasets.cam_file import CAMFile
from comnet.datasets.voc_folder import load_image
from comnet.visualization import CAMVisualizer, named_heatmap

META = dict(classes=('cat', 'cow', 'sheep'))


@pytest.fixture
def visualizer(tmp_path: Path) -> CAMVisualizer:
    visualizer = CAMVisualizer(
        save_dir=str(tmp_path), vis_backends=[dict(type='LocalVisBackend')])
    visualizer.dataset_meta = META
    return visualizer


def written(tmp_path: Path) -> list[Path]:
    return sorted(tmp_path.glob('vis_data/vis_image/*'))


@pytest.mark.parametrize('scores', [None, np.array([0.1, 0.2, 0.9])])
def test_picture_and_a_map_a_class(
        visualizer: CAMVisualizer, tmp_path: Path,
        scores: np.ndarray | None) -> None:
    image = np.full((40, 60, 3), 90, np.uint8)
    cam = np.zeros((2, 10, 15), np.float32)
    cam[0, :5], cam[1, 5:] = 1, 1
    file = CAMFile(np.array([0, 2]), cam, (40, 60), scores)
    file.save(tmp_path / 'a.npz')
    sample = DataSample(metainfo=dict(cam_path=str(tmp_path / 'a.npz')))
    visualizer.add_datasample('a', image, sample, step=3)
    path, = written(tmp_path)
    assert path.name == 'a_3.png'
    drawn = load_image(path)
    assert drawn.shape[0] > 40 and drawn.shape[1] == 3 * 60
    assert np.array_equal(drawn[:40, :60], image)
    names = (('cat', 'sheep') if scores is None else
             ('cat 0.10', 'sheep 0.90'))
    maps = file.full_size()
    for index, name in enumerate(names, 1):
        assert np.array_equal(drawn[:, 60 * index:60 * (index + 1)],
                              named_heatmap(image, maps[index - 1], name))


def test_nothing_is_drawn_of_a_validation(visualizer: CAMVisualizer,
                                          tmp_path: Path) -> None:
    visualizer.add_datasample('a', np.zeros((4, 6, 3), np.uint8), DataSample())
    assert not written(tmp_path)
