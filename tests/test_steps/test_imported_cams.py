# Copyright (c) COMNet contributors. All rights reserved.
"""Maps of other code become CAM files."""

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from helpers.tiny import SPLIT, TRAIN_IDS
from torch.nn import functional as F

from comnet.datasets.cam_file import CAMFile
from comnet.datasets.image_labels import read_labels
from comnet.datasets.voc_folder import read_classes
from comnet.evaluation import evaluate_cams
from comnet.steps import ImportedCAMs
from comnet.utils import InputError


@pytest.fixture
def maps(tmp_path: Path) -> dict[str, np.ndarray]:
    """Write maps of all five classes a image, some values negative."""
    rng = np.random.default_rng(0)
    found = {image_id: rng.normal(size=(5, 36, 48)).astype(np.float32)
             for image_id in TRAIN_IDS}
    (tmp_path / 'maps').mkdir()
    for image_id, values in found.items():
        np.save(tmp_path / f'maps/{image_id}.npy', dict(enumerate(values)))
    return found


@pytest.fixture
def step(maps: dict, demo_root: Path, tmp_path: Path) -> ImportedCAMs:
    return ImportedCAMs(demo_root, SPLIT.format('train'), tmp_path / 'maps',
                        tmp_path / 'cams')


def test_maps_of_the_labels_are_kept(
        step: ImportedCAMs, maps: dict, demo_root: Path) -> None:
    results = step.run(workers=1)
    labels = read_labels(demo_root, TRAIN_IDS, read_classes(demo_root))
    for image_id, indices in zip(TRAIN_IDS, labels, strict=True):
        file = CAMFile.load(step.path(image_id))
        assert file.keys.tolist() == list(indices)
        assert file.size == (72, 96)
        small = F.interpolate(
            torch.from_numpy(maps[image_id][list(indices)].clip(0))[None],
            size=(18, 24), mode='bilinear')[0].numpy()
        np.testing.assert_allclose(
            file.cam, small / small.max((1, 2), keepdims=True), atol=1e-3)
    assert results == evaluate_cams(
        demo_root, SPLIT.format('train'), step.folder)
    assert results['cam/num_images'] == 12


def test_other_maps_are_named(step: ImportedCAMs, tmp_path: Path) -> None:
    before = step.record()
    shutil.move(tmp_path / 'maps', tmp_path / 'moved')
    moved = ImportedCAMs(step.data_root, step.image_list, tmp_path / 'moved',
                         step.out_dir)
    assert before.changes(moved.record()) == []
    np.save(tmp_path / 'moved/train_00002.npy', {0: np.ones((3, 4))})
    assert before.changes(moved.record()) == ['other cams']


def test_label_without_a_map_is_named(
        step: ImportedCAMs, maps: dict, tmp_path: Path) -> None:
    labels, = read_labels(step.data_root, TRAIN_IDS[:1], read_classes(
        step.data_root))
    first = read_classes(step.data_root)[labels[0]]
    content = dict(enumerate(maps[TRAIN_IDS[0]]))
    del content[labels[0]]
    np.save(tmp_path / f'maps/{TRAIN_IDS[0]}.npy', content)
    with pytest.raises(InputError, match=f'{TRAIN_IDS[0]}: no map of {first!r}'
                       ', a label of the image'):
        step.run(workers=1)


def test_folder_that_is_missing_is_named(
        step: ImportedCAMs, tmp_path: Path) -> None:
    shutil.rmtree(tmp_path / 'maps')
    with pytest.raises(InputError, match='maps: no such folder of CAMs'):
        step.run()
    assert not step.folder.exists()


def test_maps_of_zero_alone_are_told(
        step: ImportedCAMs, maps: dict, capsys: pytest.CaptureFixture) -> None:
    for image_id in TRAIN_IDS[:2]:
        np.save(Path(step.source) / f'{image_id}.npy',
                dict(enumerate(-maps[image_id].clip(0))))
    step.run(workers=1)
    assert (f'2 of 12 images have maps of zero alone ({TRAIN_IDS[0]}, '
            f'{TRAIN_IDS[1]})') in capsys.readouterr().out


def test_negatives_need_no_maps(
        step: ImportedCAMs, tmp_path: Path,
        capsys: pytest.CaptureFixture) -> None:
    first, *others = TRAIN_IDS
    (tmp_path / 'tags.csv').write_text(
        f'{first},\n' + ''.join(f'{other},fish\n' for other in others))
    (Path(step.source) / f'{first}.npy').unlink()
    negative = replace(step, labels=str(tmp_path / 'tags.csv'))
    negative.run(workers=1)
    file = CAMFile.load(negative.path(first))
    assert file.cam.shape == (0, 18, 24)
    assert 'maps of zero' not in capsys.readouterr().out
