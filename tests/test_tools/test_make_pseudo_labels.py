# Copyright (c) COMNet contributors. All rights reserved.
"""Pseudo masks: cut off and started again, in shares, without an IRNet."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import torch
from mmengine.config import Config
from tool_runner import ROOT, Run, run_tool

from comnet.datasets.cam_file import CAMFile
from comnet.datasets.voc_folder import load_image, load_mask
from comnet.ops import crf_refine_labels, crf_refine_scores, resize_cam

CONFIG = ROOT / 'tests/configs/irnet_tiny.py'
IDS = [f'train_{idx:05d}' for idx in range(12)]
ENV = {**os.environ, 'OMP_NUM_THREADS': '1'}


@pytest.fixture(scope='module')
def work(demo_root: Path, irnet_work: Path) -> Path:
    """Return the folder of inputs with masks made at one go."""
    assert make(demo_root, irnet_work, 'once', workers=2).code == 0
    return irnet_work


def arguments(data_root: Path, work: Path, out_dir: Path, *options: object,
              workers: int = 1, irnet: str = 'irnet.pth') -> list[str]:
    """Return the arguments that make masks."""
    checkpoint = irnet if irnet == 'none' else work / irnet
    return [*map(str, (CONFIG, checkpoint, work / 'cam', out_dir, '--workers',
                       workers, '--out', f'{out_dir}.json', *options)),
            # a long walk: time enough to be killed in the middle
            '--cfg-options', f'data_root={data_root}',
            'random_walk.num_steps=4000', 'predict_dataloader.num_workers=1']


def make(data_root: Path, work: Path, name: str, *cfg_options: str,
         workers: int = 2, irnet: str = 'irnet.pth') -> Run:
    """Make masks in this process."""
    return run_tool('make_pseudo_labels.py', *arguments(
        data_root, work, work / name, workers=workers, irnet=irnet),
        *cfg_options)


def command(*given: object, start: tuple = (), **more: object) -> list[str]:
    """Return the command line of a process that makes masks."""
    return [sys.executable, *start, 'tools/make_pseudo_labels.py',
            *arguments(*given, **more)]


def contents(folder: Path) -> dict[str, bytes]:
    """Return all files but the record."""
    return {path.name: path.read_bytes() for path in folder.iterdir()
            if path.name != 'record.json'}


@pytest.mark.parametrize('workers', [1, 4])
def test_killed_and_started_again(demo_root: Path, work: Path,
                                  workers: int) -> None:
    out_dir = work / f'killed{workers}'
    line = command(demo_root, work, out_dir, workers=workers)
    process = subprocess.Popen(
        line, cwd=ROOT, env=ENV, start_new_session=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 120
    while not list(out_dir.glob('*.png')):
        assert time.monotonic() < deadline and process.poll() is None
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert 0 < len(list(out_dir.glob('*.png'))) < len(IDS)
    half = out_dir / f'.train_00011.png.{process.pid}'
    half.write_bytes(b'half a file')
    done = subprocess.run(line, cwd=ROOT, env=ENV, capture_output=True,
                          text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    assert contents(out_dir) == contents(work / 'once')
    assert sorted(contents(out_dir)) == [f'{name}.png' for name in IDS]


def test_two_processes_make_the_masks_of_one(
        demo_root: Path, work: Path) -> None:
    done = subprocess.run(
        command(demo_root, work, work / 'shares', '--launcher', 'pytorch',
                start=('-m', 'torch.distributed.run', '--standalone',
                       '--nproc_per_node=2')),
        cwd=ROOT, env=ENV, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count('6 of 12 images to mask') == 2
    assert contents(work / 'shares') == contents(work / 'once')
    assert (work / 'shares.json').read_text() == (
        work / 'once.json').read_text()
    # both processes see that there is nothing left to do
    again = subprocess.run(done.args, cwd=ROOT, env=ENV, capture_output=True,
                           text=True, timeout=300)
    assert again.returncode == 0, again.stderr
    assert again.stdout.count('0 of 12 images to mask') == 2


def test_cams_and_crf_alone(demo_root: Path, work: Path) -> None:
    assert make(demo_root, work, 'plain', irnet='none').code == 0
    assert json.loads((work / 'plain.json').read_text())['num_images'] == 12
    threshold = Config.fromfile(CONFIG).cam_crf.bg_threshold
    for image_id in (IDS[0], IDS[7]):
        cam = CAMFile.load(work / f'cam/{image_id}.npz').full_size()
        scores = np.concatenate([np.full((1, 72, 96), threshold),
                                 cam / cam.max()])
        refined = crf_refine_labels(
            load_image(demo_root / f'JPEGImages/{image_id}.jpg'),
            scores.argmax(0), 3)
        mask = load_mask(work / f'plain/{image_id}.png')
        assert (mask == np.array([0, 1, 4])[refined]).all()


def test_crf_of_scores(demo_root: Path, work: Path) -> None:
    """Without a step of the walk its scores, by the mean, are the CAMs."""
    assert make(demo_root, work, 'soft', 'random_walk.num_steps=0',
                'random_walk.normalize=mean', 'random_walk.crf=scores'
                ).code == 0
    threshold = Config.fromfile(CONFIG).random_walk.bg_threshold
    for image_id in (IDS[0], IDS[7]):
        cam = CAMFile.load(work / f'cam/{image_id}.npz')
        scores = resize_cam(torch.from_numpy(cam.cam), (72, 96)).numpy()
        refined = crf_refine_scores(
            load_image(demo_root / f'JPEGImages/{image_id}.jpg'), scores,
            threshold)
        mask = load_mask(work / f'soft/{image_id}.png')
        assert (mask == np.array([0, 1, 4])[refined]).mean() > 0.99


def test_unknown_crf_is_refused(demo_root: Path, work: Path) -> None:
    run = make(demo_root, work, 'unknown', 'random_walk.crf=True')
    assert run.code == 2
    assert "crf is True; give one of (None, 'labels', 'scores', 'par')" in (
        run.err.splitlines()[-1])
    assert not (work / 'unknown').exists()


def test_masks_of_other_settings_are_refused(
        demo_root: Path, work: Path) -> None:
    run = make(demo_root, work, 'once', 'random_walk.beta=7')
    assert run.code == 2
    assert 'is stale (random_walk.beta 10 -> 7)' in run.err.splitlines()[-1]
    assert len(contents(work / 'once')) == len(IDS)


def test_masks_of_an_irnet_trained_anew_are_stale(
        demo_root: Path, work: Path) -> None:
    """Into the same file, as when a training is run once more."""
    anew = work / 'anew.pth'
    shutil.copy(work / 'irnet.pth', anew)
    assert make(demo_root, work, 'masks', 'random_walk.num_steps=1',
                irnet='anew.pth').code == 0
    content = torch.load(anew)
    content['state_dict']['boundary_branch.predict.weight'] += 1
    torch.save(content, anew)
    run = make(demo_root, work, 'masks', 'random_walk.num_steps=1',
               irnet='anew.pth')
    assert run.code == 2
    assert 'is stale (other checkpoint)' in run.err.splitlines()[-1]
