# Copyright (c) COMNet contributors. All rights reserved.
"""Pseudo masks: cut off and started again, in shares, without an IRNet."""

import json
import os
import platform
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import torch
from helpers.tool_runner import ROOT, Run, run_tool

from comnet.datasets.cam_file import CAMFile
from comnet.datasets.voc_folder import load_image, load_mask
from comnet.models.refiners import DenseCRF
from comnet.ops import pseudo_mask, resize_cam
from comnet.steps import CAMMasks, WalkedMasks
from comnet.utils.record import Record

CONFIG = ROOT / 'tests/configs/irnet_tiny.py'
IDS = [f'train_{idx:05d}' for idx in range(12)]
ENV = {**os.environ, 'OMP_NUM_THREADS': '1'}


@pytest.fixture(scope='module')
def work(demo_root: Path, irnet_work: Path) -> Path:
    """Return the folder of inputs with masks made at one go."""
    assert make(demo_root, irnet_work, 'once', workers=2).code == 0
    return irnet_work


def make_of_cams(data_root: Path, work: Path, name: str,
                 *cfg_options: str) -> Run:
    """Make masks of CAMs alone in this process."""
    return run_tool(
        'pseudo_masks.py', CONFIG, 'none', work / 'cam', work / name,
        '--workers', 2, '--out', work / f'{name}.json', '--cfg-options',
        f'data_root={data_root}', *cfg_options)


def arguments(data_root: Path, work: Path, out_dir: Path, *options: object,
              workers: int = 1, irnet: str = 'irnet.pth') -> list[str]:
    """Return the arguments that make masks."""
    return [*map(str, (CONFIG, work / irnet, work / 'cam', out_dir,
                       '--workers', workers, '--out', f'{out_dir}.json',
                       *options)),
            # a long walk: time enough to be killed in the middle
            '--cfg-options', f'data_root={data_root}',
            'pseudo.num_steps=4000', 'predict_dataloader.num_workers=1']


def make(data_root: Path, work: Path, name: str, *cfg_options: str,
         workers: int = 2, irnet: str = 'irnet.pth') -> Run:
    """Make masks in this process."""
    return run_tool('pseudo_masks.py', *arguments(
        data_root, work, work / name, workers=workers, irnet=irnet),
        *cfg_options)


def command(*given: object, start: tuple = (), **more: object) -> list[str]:
    """Return the command line of a process that makes masks."""
    return [sys.executable, *start, 'tools/pseudo_masks.py',
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
    half = out_dir / f'.train_00011.png.{platform.node()}.{process.pid}'
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
    assert done.stdout.count('6 of 12 images to make') == 2
    assert contents(work / 'shares') == contents(work / 'once')
    assert (work / 'shares.json').read_text() == (
        work / 'once.json').read_text()
    # both processes see that it is done
    again = subprocess.run(done.args, cwd=ROOT, env=ENV, capture_output=True,
                           text=True, timeout=300)
    assert again.returncode == 0, again.stderr
    assert 'images to make' not in again.stdout
    assert 'pseudo masks: ' in again.stdout


def test_cams_alone(demo_root: Path, work: Path) -> None:
    """The settings of the walk in the config are not theirs."""
    assert make_of_cams(demo_root, work, 'plain').code == 0
    assert json.loads((work / 'plain.json').read_text())['num_images'] == 12
    record = Record.read(work / 'plain')
    assert record is not None and record.kind == 'CAMMasks'
    assert record.settings == dict(
        bg_threshold=CAMMasks.bg_threshold, refine='DenseCRF')
    for image_id in (IDS[0], IDS[7]):
        cam = CAMFile.load(work / f'cam/{image_id}.npz').full_size()
        weights = np.concatenate([
            np.full((1, 72, 96), CAMMasks.bg_threshold), cam])
        image = load_image(demo_root / f'JPEGImages/{image_id}.jpg')
        refined = DenseCRF()(image, weights[None])[0].argmax(0)
        mask = load_mask(work / f'plain/{image_id}.png')
        assert (mask == np.array([0, 1, 4])[refined]).all()


def test_settings_of_cams_alone(demo_root: Path, work: Path) -> None:
    assert make_of_cams(demo_root, work, 'own', 'pseudo.bg_threshold=0.4',
                        'pseudo.refine.type=PAR', 'pseudo.refine.power=2'
                        ).code == 0
    record = Record.read(work / 'own')
    assert record is not None and record.settings == dict(
        bg_threshold=0.4, refine=dict(type='PAR', power=2))


def test_walk_is_nothing_for_cams_alone(demo_root: Path, work: Path) -> None:
    run = make_of_cams(demo_root, work, 'walked', 'pseudo.num_steps=9')
    assert run.code == 2
    assert 'pseudo.num_steps: no such setting; there are' in (
        run.err.splitlines()[-1])
    assert not (work / 'walked').exists()


def test_crf_of_scores(demo_root: Path, work: Path) -> None:
    """Without a step of the walk its scores, by the mean, are the CAMs."""
    assert make(demo_root, work, 'soft', 'pseudo.num_steps=0',
                'pseudo.normalize=mean', 'pseudo.refine.type=DenseCRF',
                'pseudo.refine.gt_prob=None').code == 0
    for image_id in (IDS[0], IDS[7]):
        cam = CAMFile.load(work / f'cam/{image_id}.npz')
        expected = pseudo_mask(
            resize_cam(torch.from_numpy(cam.cam), (72, 96)).numpy(), cam.keys,
            WalkedMasks.bg_threshold,
            load_image(demo_root / f'JPEGImages/{image_id}.jpg'),
            DenseCRF(gt_prob=None))
        mask = load_mask(work / f'soft/{image_id}.png')
        assert (mask == expected).mean() > 0.99


@pytest.mark.parametrize('option, problem', [
    ('refine=True', 'refine is True; give a text or a dict'),
    ('refine.type=CRF', "refine.type is 'CRF'; there are DeepLabCRF, "),
    ('refine=DenseCRF,PAR', "refine is ['DenseCRF', 'PAR']; give a text"),
    ('normalize=max', "normalize is 'max'; give one of 'maximum', 'mean'"),
    ('bta=5', 'bta: no such setting; there are config, '),
    ('beta=ten', "beta is 'ten'; give a number"),
    ('num_steps=1.5', 'num_steps is 1.5; give a whole number'),
])
def test_wrong_setting_is_refused(demo_root: Path, work: Path, option: str,
                                  problem: str) -> None:
    run = make(demo_root, work, 'wrong', f'pseudo.{option}')
    assert run.code == 2
    assert f'error: pseudo.{problem}' in run.err.splitlines()[-1]
    assert not (work / 'wrong').exists()


def test_masks_of_other_settings_are_refused(
        demo_root: Path, work: Path) -> None:
    run = make(demo_root, work, 'once', 'pseudo.beta=7')
    assert run.code == 2
    assert 'is stale (beta 10 -> 7)' in run.err.splitlines()[-1]
    assert len(contents(work / 'once')) == len(IDS)


def test_masks_of_an_irnet_trained_anew_are_stale(
        demo_root: Path, work: Path) -> None:
    """Into the same file, as when a training is run once more."""
    anew = work / 'anew.pth'
    shutil.copy(work / 'irnet.pth', anew)
    assert make(demo_root, work, 'masks', 'pseudo.num_steps=1',
                irnet='anew.pth').code == 0
    content = torch.load(anew)
    content['state_dict']['boundary_branch.predict.weight'] += 1
    torch.save(content, anew)
    run = make(demo_root, work, 'masks', 'pseudo.num_steps=1',
               irnet='anew.pth')
    assert run.code == 2
    assert 'is stale (other checkpoint)' in run.err.splitlines()[-1]
