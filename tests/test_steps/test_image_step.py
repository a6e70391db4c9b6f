# Copyright (c) COMNet contributors. All rights reserved.
"""A file an image: those that are missing, in shares, of CAMs."""

import shutil
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from helpers.tiny import SPLIT, TRAIN_IDS

from comnet.datasets.cam_file import CAMFile
from comnet.datasets.voc_folder import load_mask
from comnet.steps import CAMMasks, image_step
from comnet.utils import InputError
from comnet.utils.record import Record


@pytest.fixture
def step(demo_root: Path, irnet_work: Path, tmp_path: Path,
         monkeypatch: pytest.MonkeyPatch) -> CAMMasks:
    """Return one that makes masks of CAMs, in this process."""
    def run_here(function, jobs: Iterable[tuple], workers: int) -> Iterator:
        assert workers == 2
        return (function(*job) for job in jobs)

    monkeypatch.setattr(image_step, 'run_jobs', run_here)
    monkeypatch.setattr(image_step, 'default_workers', lambda: 2)
    cams = shutil.copytree(irnet_work / 'cam', tmp_path / 'cam')
    return CAMMasks(demo_root, SPLIT.format('train'), cams,
                    tmp_path / 'masks', 0.25, None)


def times(step: CAMMasks) -> dict[str, int]:
    return {path.name: path.stat().st_mtime_ns
            for path in step.folder.glob('*.png')}


def test_images_that_are_missing_are_made(step: CAMMasks) -> None:
    assert step.missing() == step.ids() == TRAIN_IDS
    step.run()
    before = times(step)
    assert sorted(before) == [f'{name}.png' for name in TRAIN_IDS]
    assert step.missing() == []
    step.run()
    assert times(step) == before
    step.path(TRAIN_IDS[3]).unlink()
    assert step.missing() == [TRAIN_IDS[3]]
    step.run()
    after = times(step)
    assert [name for name in before if after[name] != before[name]] == [
        f'{TRAIN_IDS[3]}.png']


def test_each_process_takes_a_share(
        step: CAMMasks, monkeypatch: pytest.MonkeyPatch) -> None:
    shares = []
    monkeypatch.setattr(image_step, 'get_world_size', lambda: 5)
    for rank in range(5):
        monkeypatch.setattr(image_step, 'get_rank', lambda rank=rank: rank)
        before = {*step.missing()}
        step.make(None, TRAIN_IDS, None)
        shares.append(before.difference(step.missing()))
    assert [len(share) for share in shares] == [3, 3, 2, 2, 2]
    assert set.union(*shares) == {*TRAIN_IDS}


def test_changed_setting_is_named(step: CAMMasks) -> None:
    step.run()
    other = replace(step, bg_threshold=0.24)
    with pytest.raises(InputError, match='bg_threshold 0.25 -> 0.24'):
        other.run()
    old = {name: load_mask(step.path(name)) for name in TRAIN_IDS}
    other.run(remake=True)
    aside = step.folder.with_name('masks.old-1')
    assert all(np.array_equal(load_mask(aside / f'{name}.png'), mask)
               for name, mask in old.items())
    assert sum((load_mask(step.path(name)) > 0).sum() for name in old) > sum(
        (mask > 0).sum() for mask in old.values())


def test_other_cams_are_named(step: CAMMasks) -> None:
    step.run()
    path = Path(step.cam_dir) / f'{TRAIN_IDS[2]}.npz'
    cam = CAMFile.load(path)
    cam.cam[:] = 1
    cam.save(path)
    with pytest.raises(InputError, match='is stale .other cams.'):
        step.run()


def test_cam_that_is_missing_is_named(step: CAMMasks) -> None:
    (Path(step.cam_dir) / f'{TRAIN_IDS[5]}.npz').unlink()
    with pytest.raises(InputError, match='train_00005.npz: no such CAM file'):
        step.run()
    assert not step.folder.exists()


def test_cam_of_another_size_is_named(step: CAMMasks) -> None:
    CAMFile(np.array([1]), np.ones((1, 5, 5)), (20, 20)).save(
        Path(step.cam_dir) / f'{TRAIN_IDS[1]}.npz')
    with pytest.raises(InputError, match='00001.npz: maps of 20 x 20 pixels'):
        step.run()
    record = Record.read(step.folder)
    assert record is not None and not record.finished
