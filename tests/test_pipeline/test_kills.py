# Copyright (c) COMNet contributors. All rights reserved.
"""A pipeline that is killed at any moment ends as one that was not."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from helpers.processes import alive, descendants
from helpers.same_runs import leftovers, require_same
from helpers.tiny import METHOD, ROOT

KILLS = 8  # of a run: at each stage, and in between
RUNS = 5
PATIENCE = 300  # seconds for anything, on a busy machine
OPTIONS = (
    f'methods.{METHOD}.classifier.options.train_cfg.max_epochs=3',
    'irnet.options.train_cfg.max_epochs=3',
    'segmentor.options.train_cfg.max_iters=4',
    'segmentor.options.default_hooks.checkpoint.interval=1',
    'segmentor.options.val_dataloader=None',
    'segmentor.options.val_cfg=None', 'segmentor.options.val_evaluator=None')
# what appears while each stage is at work, in this order
STAGES = {
    'classifier': ('classifier/*/*.log', 'classifier/epoch_*.pth'),
    'cam': ('cam/*/*.log', 'cam/cams/*.npz'),
    'affinity': ('affinity/labels/record.json', 'affinity/labels/*.png'),
    'irnet': ('irnet/*/*.log', 'irnet/epoch_*.pth'),
    'pseudo': ('pseudo/masks/record.json', 'pseudo/masks/*.png'),
    'segmentor': ('segmentor/*/*.log', 'segmentor/iter_*.pth'),
    'evaluation': ('evaluation/*/*.log', 'evaluation/masks/*.png')}


def start(configs: Path, work: Path) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, ROOT / 'tools/pipeline.py', configs / 'pipeline.py',
         '--work-dir', work, '--num-pictures', '6', '--cfg-options', *OPTIONS],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        env={**os.environ, 'OMP_NUM_THREADS': '1'})


def finish(process: subprocess.Popen) -> str:
    out, _ = process.communicate(timeout=2 * PATIENCE)
    assert process.returncode == 0, out
    return out


def wait(true: Iterator[bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not next(true):
        assert time.monotonic() < deadline
        time.sleep(0.005)


@pytest.fixture(scope='module')
def reference(tiny_configs: Path,
              tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a run that nobody has cut off."""
    work = tmp_path_factory.mktemp('uncut') / 'work'
    finish(start(tiny_configs, work))
    return work


def kill_at(process: subprocess.Popen, folder: Path, pattern: str,
            more: int, delay: float) -> bool:
    """Kill a run a moment after so many more files are there.

    Returns:
        Whether it had not ended before.
    """
    wanted = len({*folder.glob(pattern)}) + more

    def seen() -> Iterator[bool]:
        while True:
            yield process.poll() is not None or (
                len({*folder.glob(pattern)}) >= wanted)

    wait(seen())
    time.sleep(delay)
    processes = descendants(process.pid)
    killed = process.poll() is None
    process.send_signal(signal.SIGKILL)
    process.communicate()

    def ended() -> Iterator[bool]:
        while True:
            yield not [*filter(alive, processes)]

    wait(ended())
    return killed


@pytest.mark.slow
@pytest.mark.parametrize('seed', range(RUNS))
def test_killed_run_ends_as_any_other(
        tiny_configs: Path, reference: Path, tmp_path: Path,
        seed: int) -> None:
    rng, work = random.Random(seed), tmp_path / 'work'
    stages = sorted([*STAGES, rng.choice([*STAGES])], key=[*STAGES].index)
    killed = []
    for stage in stages[:KILLS]:
        begun, made = STAGES[stage]
        pattern, more = rng.choice([(begun, 1), (made, 1), (
            made, rng.randint(2, 3))])
        delay = rng.choice([0, rng.uniform(0, 0.3), rng.uniform(0, 2)])
        if kill_at(start(tiny_configs, work), work / METHOD, pattern, more,
                   delay):
            killed.append((pattern, more, round(delay, 2)))
    print(f'seed {seed}: {len(killed)} kills: {killed}')  # noqa: T201
    finish(start(tiny_configs, work))
    require_same(work, reference)
    assert leftovers(work) == []
    assert len(killed) >= KILLS - 3  # of what was there before nothing appears
    out = finish(start(tiny_configs, work))
    assert out.count(' is done') == len(STAGES)
