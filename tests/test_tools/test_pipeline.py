# Copyright (c) COMNet contributors. All rights reserved.
"""The pipeline as a command, and its steps in several processes."""

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
from helpers.gloo import free_port
from helpers.processes import alive, descendants
from helpers.tiny import (
    METHOD,
    ROOT,
    STEPS,
    TRAIN_IDS,
    cams_of,
    checkpoint_of,
    labels_of,
    masks_of,
    predictions_of,
    write_configs,
)
from helpers.tool_runner import Run, run_tool

from comnet.datasets.cam_file import CAMFile

TWO_PROCESSES = (
    '-m', 'torch.distributed.run', '--standalone', '--nproc_per_node=2')
# torchrun gives each process one thread. The number of threads changes the
# order of sums, and with it near ties among the neighbours: one for all.
ONE_THREAD = {**os.environ, 'OMP_NUM_THREADS': '1', 'PYTHON': sys.executable}


def run(*command: object) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, *map(str, command)], cwd=ROOT, capture_output=True,
        text=True, timeout=550, env=ONE_THREAD)


@pytest.fixture
def folder(whole_way: Path, tiny_configs: Path, tmp_path: Path) -> Path:
    """Return a folder with configs and a finished pipeline."""
    shutil.copytree(whole_way, tmp_path / 'work')
    shutil.copytree(tiny_configs, tmp_path / 'configs')
    return tmp_path


def run_pipeline(folder: Path, *options: object) -> Run:
    return run_tool('pipeline.py', folder / 'configs/pipeline.py',
                    '--work-dir', folder / 'work', *options)


def test_what_the_single_functions_made_is_done(folder: Path) -> None:
    def times() -> dict[Path, int]:
        return {path: path.stat().st_mtime_ns
                for path in (folder / 'work' / METHOD).rglob('*')}

    before = times()
    pipeline = run_pipeline(folder, '--num-pictures', 6)
    assert pipeline.code == 0, pipeline.err
    assert times() == before
    for step in STEPS:
        assert f'{METHOD}: {step} is done' in pipeline.out
    results = json.loads((folder / 'work/results.json').read_text())
    measured = results[METHOD]
    for step, key, number in (('cam', 'cam/mIoU', 12),
                              ('pseudo', 'mIoU', 12),
                              ('evaluation', 'mIoU', 4)):
        assert 0 < measured[step][key] < 100
        counts = {value for name, value in measured[step].items()
                  if name.endswith('num_images')}
        assert counts == {number}
        assert f'{measured[step][key]:.1f}' in pipeline.out
    assert list(measured['seconds']) == list(STEPS)
    page = (folder / 'work/report.html').read_text()
    assert page.count('<article') == 6
    for step, key in (('cam', 'cam/mIoU'), ('evaluation', 'mIoU')):
        assert f'{measured[step][key]:.1f}' in page


def test_report_that_cannot_be_made_costs_no_results(folder: Path) -> None:
    masks = predictions_of(folder / 'work')
    masks.joinpath('val_00000.png').write_bytes(b'no picture')
    pipeline = run_pipeline(folder)
    assert pipeline.code == 0
    assert 'no report: ' + str(masks / 'val_00000.png') in pipeline.out
    assert 'segmentation' in pipeline.out  # the table


def test_number_of_pictures_is_checked_before_all_else(folder: Path) -> None:
    pipeline = run_pipeline(folder, '--num-pictures', 5)
    assert pipeline.code == 2
    assert 'num_pictures is 5; give 6 to 200' in pipeline.err
    assert 'done' not in pipeline.out


def test_stale_masks_are_named_and_made_anew_on_demand(folder: Path) -> None:
    option = ('--cfg-options', 'pseudo.bg_threshold=0.24')
    steps = ('--steps', 'pseudo')
    reason = 'bg_threshold 0.25 -> 0.24'
    refused = run_pipeline(folder, *steps, *option)
    assert refused.code == 2
    assert f'{METHOD}: pseudo is stale: {reason}' in refused.out
    assert reason in refused.err.splitlines()[-1]
    masks = masks_of(folder / 'work')
    before = {path.name: path.read_bytes() for path in masks.glob('*.png')}

    made = run_pipeline(folder, *steps, '--remake', *option)
    assert made.code == 0, made.out + made.err
    old = folder / 'work' / METHOD / 'pseudo.old-1/masks'
    assert before == {path.name: path.read_bytes()
                      for path in old.glob('*.png')}
    assert sorted(path.stem for path in masks.glob('*.png')) == TRAIN_IDS
    assert run_pipeline(folder, *steps, *option).code == 0
    assert run_pipeline(folder, *option).code == 2  # what follows is stale


def test_step_that_needs_another_says_so(folder: Path) -> None:
    shutil.rmtree(folder / 'work' / METHOD / 'cam')
    pipeline = run_pipeline(folder, '--steps', 'affinity', '--remake')
    assert pipeline.code == 2
    assert f"{METHOD}: affinity needs 'cam', which is new" in pipeline.err


def test_weights_are_looked_for_before_anything_runs(folder: Path) -> None:
    shutil.rmtree(folder / 'work' / METHOD)
    weights = folder / 'weights.pth'
    pipeline = run_pipeline(
        folder, '--cfg-options', 'segmentor.start=None',
        f'segmentor.options.pretrained={weights}')
    assert pipeline.code == 2
    assert f'{METHOD}: classifier' not in pipeline.out
    assert pipeline.err.startswith(f'error: {weights}: no such weights; ')
    assert pipeline.err.count('\n') == 1


@pytest.mark.parametrize(('gpus', 'end', 'code', 'line'), [
    (1, signal.SIGTERM, 143, 'error: ended by SIGTERM; run again to go on'),
    (1, signal.SIGKILL, -9, ''),
    (2, signal.SIGINT, 130, 'error: interrupted; run again to go on'),
    (2, signal.SIGKILL, -9, '')])
def test_step_ends_with_a_pipeline_that_was_killed(
        tiny_configs: Path, tmp_path: Path, gpus: int, end: int, code: int,
        line: str) -> None:
    endless = f'methods.{METHOD}.classifier.options.train_cfg.max_epochs=9999'
    pipeline = subprocess.Popen(
        [sys.executable, ROOT / 'tools/pipeline.py',
         tiny_configs / 'pipeline.py', '--work-dir', tmp_path, '--methods',
         METHOD, '--gpus', str(gpus), '--cfg-options', endless],
        cwd=ROOT, stderr=subprocess.PIPE, text=True,
        # a shell lets what it runs in the background ignore Ctrl-C
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
    deadline = time.monotonic() + 300
    while not list(tmp_path.glob(f'{METHOD}/classifier/epoch_*.pth')):
        assert time.monotonic() < deadline and pipeline.poll() is None
        time.sleep(0.05)
    processes = descendants(pipeline.pid)
    assert len(processes) > gpus  # and who starts them
    pipeline.send_signal(end)
    _, err = pipeline.communicate(timeout=60)
    assert pipeline.returncode == code
    assert err.endswith(line and f'{line}\n') and (
        'Traceback' not in err or not line)
    deadline = time.monotonic() + 60
    while left := [*filter(alive, processes)]:
        if time.monotonic() > deadline:
            for pid in left:
                os.kill(pid, signal.SIGKILL)
            pytest.fail(f'{len(left)} processes go on')
        time.sleep(0.05)


def test_cams_are_made_by_image_after_a_cut(folder: Path) -> None:
    cams = cams_of(folder / 'work')
    record = json.loads((cams / 'record.json').read_text())
    (cams / 'record.json').write_text(
        json.dumps({**record, 'finished': False, 'results': {}}))
    gone = cams / f'{TRAIN_IDS[3]}.npz'
    content = gone.read_bytes()
    gone.unlink()
    before = {path: path.stat().st_mtime_ns for path in cams.glob('*.npz')}
    made = run_pipeline(folder, '--steps', 'cam')
    assert made.code == 0, made.err
    assert len(before) == 11
    assert before == {path: path.stat().st_mtime_ns for path in before}
    assert np.load(gone)['cam'] == pytest.approx(
        np.load(_copy(content, folder))['cam'], abs=2e-3)
    again = json.loads((cams / 'record.json').read_text())
    assert again['results'] == record['results']


def _copy(content: bytes, folder: Path) -> Path:
    path = folder / 'before.npz'
    path.write_bytes(content)
    return path


def test_cams_of_other_code(folder: Path) -> None:
    """They take the place of classifier and CAMs."""
    theirs, cams = folder / 'maps', cams_of(folder / 'work')
    theirs.mkdir()
    for image_id in TRAIN_IDS:
        file = CAMFile.load(cams / f'{image_id}.npz')
        np.save(theirs / f'{image_id}.npy', dict(
            keys=file.keys, high_res=file.full_size()))
    made = run_pipeline(
        folder, '--methods', 'theirs', '--cfg-options',
        'methods.theirs.classifier=None',
        'methods.theirs.cam.type=ImportedCAMs',
        f'methods.theirs.cam.source={theirs}', 'methods.theirs.affinity=None',
        'methods.theirs.irnet=None', 'methods.theirs.pseudo.type=CAMMasks',
        'methods.theirs.segmentor=None', 'methods.theirs.evaluation=None')
    assert made.code == 0, made.out + made.err
    results = json.loads((folder / 'work/results.json').read_text())
    assert list(results) == ['theirs']
    assert list(results['theirs']['seconds']) == ['cam', 'pseudo']
    ours = json.loads((cams / 'record.json').read_text())['results']
    assert results['theirs']['cam']['cam/mIoU'] == pytest.approx(
        ours['cam/mIoU'], abs=0.1)


def files(folder: Path) -> dict[str, bytes]:
    """Return the maps, labels and masks in a folder."""
    return {path.name: path.read_bytes() for path in folder.iterdir()
            if path.suffix in ('.npz', '.png')}


def test_test_with_two_processes_is_that_of_one(
        whole_way: Path, tiny_configs: Path, demo_root: Path,
        tmp_path: Path) -> None:
    tested = subprocess.run([
        'bash', ROOT / 'tools/dist_test.sh', tiny_configs / 'classifier.py',
        checkpoint_of(whole_way, 'classifier'), '2', '--work-dir', tmp_path,
        '--out', tmp_path / 'metrics.json', '--cfg-options',
        f'data_root={demo_root}'], capture_output=True, text=True, timeout=550,
        env={**ONE_THREAD, 'PORT': str(free_port())})
    assert tested.returncode == 0, tested.stderr
    alone = json.loads(
        (cams_of(whole_way) / 'record.json').read_text())['results']
    assert json.loads((tmp_path / 'metrics.json').read_text()) == alone
    assert files(tmp_path / 'cams') == files(cams_of(whole_way))


def test_files_of_a_pipeline_on_three_processes_are_those_of_one(
        folder: Path, whole_way: Path) -> None:
    folders = [labels_of, cams_of, masks_of]
    for each in folders:
        for name in files(each(folder / 'work')):
            (each(folder / 'work') / name).unlink()
    made = run('tools/pipeline.py', folder / 'configs/pipeline.py',
               '--work-dir', folder / 'work', '--gpus', 3, '--steps', 'cam',
               'affinity', 'pseudo')
    assert made.returncode == 0, made.stderr
    for each in folders:
        again = files(each(folder / 'work'))
        assert len(again) == 12 and again == files(each(whole_way))


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
    record = json.loads((tmp_path / 'work/record.json').read_text())
    assert record['finished']
