# Copyright (c) COMNet contributors. All rights reserved.
"""Class activation maps of any pictures."""

from pathlib import Path

import numpy as np
import pytest
from helpers.tiny import TRAIN_IDS, cams_of, checkpoint_of

from comnet.apis import CAMInferencer
from comnet.datasets.cam_file import CAMFile
from comnet.datasets.image_labels import ANNOTATIONS, read_labels
from comnet.datasets.voc_folder import load_image, read_classes
from comnet.utils import InputError

IDS = TRAIN_IDS[:3]


@pytest.fixture(scope='module')
def trained(whole_way: Path, tiny_configs: Path) -> list[Path]:
    """Return a classifier's config and checkpoint."""
    return [tiny_configs / 'classifier.py',
            checkpoint_of(whole_way, 'classifier')]


@pytest.fixture(scope='module')
def pictures(demo_root: Path) -> list[Path]:
    return [demo_root / f'JPEGImages/{each}.jpg' for each in IDS]


def test_cams_of_given_labels_are_those_of_the_hook(
        trained: list[Path], whole_way: Path, demo_root: Path,
        pictures: list[Path]) -> None:
    classes = read_classes(demo_root)
    labels = [[classes[index] for index in each] for each in read_labels(
        demo_root, IDS, classes, ANNOTATIONS)]
    inferencer = CAMInferencer(*trained, options=dict(data_root='gone'))
    assert inferencer.classes == classes
    for image_id, names, cams in zip(
            IDS, labels, inferencer(pictures, labels), strict=True):
        file = CAMFile.load(
            cams_of(whole_way) / f'{image_id}.npz')
        assert cams.classes == tuple(names)
        # files are in half precision
        np.testing.assert_allclose(cams.maps, file.full_size(), atol=2e-3)


def test_found_classes_are_those_above_the_threshold(
        trained: list[Path], pictures: list[Path]) -> None:
    every, = CAMInferencer(*trained, threshold=0)(pictures[0])
    assert len(every.classes) == 5
    threshold = float(np.median(every.scores))
    found, = CAMInferencer(*trained, threshold=threshold)(pictures[0])
    kept = every.scores >= threshold
    assert 0 < kept.sum() < 5
    assert found.classes == tuple(np.array(every.classes)[kept])
    assert np.array_equal(found.maps, every.maps[kept])
    none, = CAMInferencer(*trained, threshold=1.1)(pictures[0])
    assert none.classes == () and none.maps.shape == (0, 72, 96)


def test_heat_maps_are_written(trained: list[Path], pictures: list[Path],
                               tmp_path: Path) -> None:
    inferencer = CAMInferencer(*trained, max_side=48)
    name = inferencer.classes[0]
    cams, = inferencer(pictures[0], [[name]], tmp_path)
    assert cams.maps.shape == (1, 72, 96)
    written = load_image(tmp_path / f'{IDS[0]}_{name}.jpg')
    assert written.shape[0] > 72 and written.shape[1] == 96


@pytest.mark.parametrize('labels, message', [
    ([['unicorn']], "label 'unicorn' is no class"),
    ([], 'labels of 0 pictures, but there are 1')])
def test_labels_that_do_not_fit(trained: list[Path], pictures: list[Path],
                                labels: list, message: str) -> None:
    with pytest.raises(InputError, match=message):
        CAMInferencer(*trained)(pictures[0], labels)
