# Copyright (c) COMNet contributors. All rights reserved.
"""All stages in order, on a schedule of two steps each."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from comnet.datasets.voc_folder import load_mask
from comnet.pipeline import STAGES

ROOT = Path(__file__).parents[2]
TWO_PROCESSES = (
    '-m', 'torch.distributed.run', '--standalone', '--nproc_per_node=2')
TRAIN_IDS = [f'train_{idx:05d}' for idx in range(12)]

CLASSIFIER = '''
_base_ = '{configs}/comnet_tiny_demo.py'
train_dataloader = dict(
    batch_size={batch_size}, num_workers=0, persistent_workers=False)
test_dataloader = dict(num_workers=0)
train_cfg = dict(max_epochs=1)
custom_hooks = [
    dict(type='GroupSamplingHook'), dict(type='CAMHook', scales=(1.0, ))]
'''
IRNET = '''
_base_ = '{configs}/irnet_tiny_demo.py'
train_dataloader = dict(
    batch_size=6, num_workers=0, persistent_workers=False)
predict_dataloader = dict(num_workers=0)
train_cfg = dict(max_epochs=1)
'''
SEGMENTOR = '''
_base_ = '{configs}/deeplabv2_tiny_demo.py'
train_dataloader = dict(
    batch_size=4, num_workers=0, persistent_workers=False)
val_dataloader = dict(num_workers=0, persistent_workers=False)
test_dataloader = val_dataloader
train_cfg = dict(max_iters=2, val_interval=3)
default_hooks = dict(checkpoint=dict(interval=2))
'''
PIPELINE = '''
_base_ = '{configs}/pipeline.py'
data_root = '{data_root}'
classifier = 'classifier.py'
irnet = 'irnet.py'
segmentor = 'segmentor.py'
'''


def write_configs(folder: Path, data_root: Path, batch_size: int = 6) -> None:
    """Write the demo's configs with a schedule of two steps."""
    folder.mkdir(parents=True)
    for name, text in (('classifier', CLASSIFIER), ('irnet', IRNET),
                       ('segmentor', SEGMENTOR), ('pipeline', PIPELINE)):
        (folder / f'{name}.py').write_text(text.format(
            configs=ROOT / 'configs/demo', data_root=data_root,
            batch_size=batch_size))


def run(*command: object) -> subprocess.CompletedProcess:
    # torchrun gives each process one thread. The number of threads changes the
    # order of sums, and with it near ties among the neighbours: one for all.
    return subprocess.run(
        [sys.executable, *map(str, command)], cwd=ROOT, capture_output=True,
        text=True, timeout=550, env={**os.environ, 'OMP_NUM_THREADS': '1'})


def run_pipeline(folder: Path, *options: object
                 ) -> subprocess.CompletedProcess:
    return run('tools/pipeline.py', folder / 'configs/pipeline.py',
               '--work-dir', folder / 'work', *options)


@pytest.fixture(scope='module')
def finished(demo_root: Path, tmp_path_factory: pytest.TempPathFactory
             ) -> tuple[Path, float]:
    """Run the pipeline once and return its folder and the seconds taken."""
    folder = tmp_path_factory.mktemp('pipeline')
    write_configs(folder / 'configs', demo_root)
    start = time.monotonic()
    first = run_pipeline(folder, '--num-pictures', 3)
    assert first.returncode == 0, first.stdout + first.stderr
    return folder, time.monotonic() - start


def test_every_stage_is_measured(finished: tuple[Path, float]) -> None:
    work = finished[0] / 'work'
    results = json.loads((work / 'results.json').read_text())
    assert list(results) == ['COMNet']
    measured = results['COMNet']
    for stage, key, number in (('cam', 'cam/mIoU', 12),
                               ('pseudo', 'mIoU', 12),
                               ('evaluation', 'mIoU', None)):
        assert 0 < measured[stage][key] < 100
        counts = {value for name, value in measured[stage].items()
                  if name.endswith('num_images')}
        assert counts == ({number} if number else set())
    assert set(measured['seconds']) == set(STAGES)


def test_every_training_image_has_a_mask(
        finished: tuple[Path, float]) -> None:
    comnet = finished[0] / 'work/comnet'
    for name, labels in (('affinity/labels', {*range(6), 255}),
                         ('pseudo/masks', {*range(6)})):
        files = sorted((comnet / name).glob('*.png'))
        assert [path.name for path in files] == [
            f'{image_id}.png' for image_id in TRAIN_IDS]
        for path in files:
            mask = load_mask(path)
            assert mask.shape == (72, 96)
            assert set(np.unique(mask)) <= labels


def test_grid_shows_every_stage_of_three_images(
        finished: tuple[Path, float]) -> None:
    grid = np.array(Image.open(finished[0] / 'work/grid.png'))
    # image, truth, CAM, pseudo mask and segmentation, 160 x 120 each
    assert grid.shape == (3 * 120 + 20, 5 * 160, 3)
    assert grid.std() > 10


def test_second_run_has_nothing_to_do(finished: tuple[Path, float]) -> None:
    folder, seconds = finished

    def times() -> dict[Path, int]:
        return {path: path.stat().st_mtime_ns
                for path in (folder / 'work/comnet').rglob('*')}

    before, start = times(), time.monotonic()
    second = run_pipeline(folder)
    assert second.returncode == 0, second.stderr
    assert time.monotonic() - start < seconds / 2
    assert times() == before
    for stage in STAGES:
        assert f'COMNet: {stage} is done' in second.stdout


def test_other_settings_are_refused(finished: tuple[Path, float]) -> None:
    other = run_pipeline(finished[0], '--seed', 1)
    assert other.returncode == 2
    folder = finished[0] / 'work/comnet/classifier'
    assert other.stderr.splitlines()[-1].startswith(
        f'error: {folder}: begun with other settings')


def test_test_with_two_processes_measures_the_same(
        finished: tuple[Path, float], demo_root: Path,
        tmp_path: Path) -> None:
    comnet = finished[0] / 'work/comnet'
    tested = run(
        *TWO_PROCESSES, 'tools/test.py', finished[0] / 'configs/classifier.py',
        (comnet / 'classifier/last_checkpoint').read_text().strip(),
        '--launcher', 'pytorch', '--work-dir', tmp_path, '--out',
        tmp_path / 'metrics.json', '--cfg-options', f'data_root={demo_root}')
    assert tested.returncode == 0, tested.stderr
    alone, together = (json.loads((folder / 'metrics.json').read_text())
                       for folder in (comnet / 'cam', tmp_path))
    assert together['cam/num_images'] == 12
    assert together['cam/sweep'] == pytest.approx(
        alone['cam/sweep'], abs=0.05)
    assert sorted(path.stem for path in (tmp_path / 'cam').iterdir()) == (
        TRAIN_IDS)


def test_training_with_two_processes(demo_root: Path, tmp_path: Path) -> None:
    write_configs(tmp_path / 'configs', demo_root, batch_size=3)
    trained = run(
        *TWO_PROCESSES, 'tools/train.py', tmp_path / 'configs/classifier.py',
        '--launcher', 'pytorch', '--work-dir', tmp_path / 'work',
        '--cfg-options', f'data_root={demo_root}')
    assert trained.returncode == 0, trained.stderr
    path = (tmp_path / 'work/last_checkpoint').read_text().strip()
    checkpoint = torch.load(path, weights_only=False)
    # 12 groups, 3 a process and step
    assert checkpoint['meta']['iter'] == 2
    assert all(value.isfinite().all()
               for value in checkpoint['state_dict'].values())
