# Copyright (c) COMNet contributors. All rights reserved.
"""A pipeline that is killed at any moment ends as one that was not."""

import os
import random
import signal
import sys
import time
from collections.abc import Iterator
from functools import partial
from itertools import count
from multiprocessing import get_context
from multiprocessing.context import ForkProcess
from pathlib import Path

import pytest
from helpers.processes import alive, descendants
from helpers.same_runs import leftovers, require_same
from helpers.tiny import METHOD

from comnet.pipeline import process, run_pipeline
from comnet.utils import one_line_errors, parallel

KILLS = 40  # in all
PATIENCE = 300  # seconds for anything, on a busy machine
OPTIONS = {
    f'methods.{METHOD}.classifier.options.train_cfg.max_epochs': 3,
    'irnet.options.train_cfg.max_epochs': 3,
    'segmentor.options.train_cfg.max_iters': 4,
    'segmentor.options.default_hooks.checkpoint.interval': 1}
# what appears while each stage is at work, in this order
STAGES = {
    'classifier': ('classifier/*/*.log', 'classifier/epoch_*.pth'),
    'cam': ('cam/*/*.log', 'cam/cams/*.npz'),
    'affinity': ('affinity/labels/record.json', 'affinity/labels/*.png'),
    'irnet': ('irnet/*/*.log', 'irnet/epoch_*.pth'),
    'pseudo': ('pseudo/masks/record.json', 'pseudo/masks/*.png'),
    'segmentor': ('segmentor/*/*.log', 'segmentor/iter_*.pth'),
    'evaluation': ('evaluation/*/*.log', 'evaluation/masks/*.png')}


def run(configs: Path, work: Path) -> None:
    """Run the pipeline in this process, which is a fork of the tests'.

    It and what it starts are forks, which need not import anything.
    """
    with open(work.with_suffix('.log'), 'w') as log:
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)
    sys.stdout = sys.stderr = open(1, 'w', buffering=1)
    process.fresh_context = parallel.clean_context = partial(
        get_context, 'fork')
    with one_line_errors():
        run_pipeline(configs / 'pipeline.py', work, OPTIONS, num_pictures=6)


def start(configs: Path, work: Path) -> ForkProcess:
    started = get_context('fork').Process(target=run, args=(configs, work))
    started.start()
    return started


def finish(started: ForkProcess, work: Path) -> str:
    started.join(PATIENCE)
    out = work.with_suffix('.log').read_text()
    assert started.exitcode == 0, out
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
    finish(start(tiny_configs, work), work)
    return work


def kill_at(started: ForkProcess, folder: Path, pattern: str,
            more: int, delay: float) -> bool:
    """Kill a run a moment after so many more files are there.

    Returns:
        Whether it had not ended before.
    """
    wanted = len({*folder.glob(pattern)}) + more

    def seen() -> Iterator[bool]:
        while True:
            yield not started.is_alive() or (
                len({*folder.glob(pattern)}) >= wanted)

    wait(seen())
    time.sleep(delay)
    assert started.pid is not None
    processes = descendants(started.pid)
    started.kill()
    started.join()

    def ended() -> Iterator[bool]:
        while True:
            yield not [*filter(alive, processes)]

    wait(ended())
    return started.exitcode == -signal.SIGKILL


@pytest.mark.slow
def test_killed_runs_end_as_any_other(
        tiny_configs: Path, reference: Path, tmp_path: Path) -> None:
    rng, total = random.Random(0), 0
    for number in count():
        work = tmp_path / str(number) / 'work'
        work.mkdir(parents=True)
        killed = kill_often(tiny_configs, work, rng)
        print(f'{number}: {len(killed)} kills: {killed}')  # noqa: T201
        assert killed
        finish(start(tiny_configs, work), work)
        require_same(work, reference)
        assert leftovers(work) == []
        out = finish(start(tiny_configs, work), work)
        assert out.count(' is done') == len(STAGES)
        total += len(killed)
        if total >= KILLS:
            break


def kill_often(configs: Path, work: Path, rng: random.Random) -> list[tuple]:
    """Kill a run once a stage, begin it again, and tell of each kill."""
    killed = []
    for begun, made in STAGES.values():
        pattern, more = rng.choice([(begun, 1), (made, 1), (
            made, 1 if made.endswith('.pth') else rng.randint(2, 4))])
        delay = rng.choice([0, rng.uniform(0, 0.1), rng.uniform(0, 0.4)])
        if kill_at(start(configs, work), work / METHOD, pattern, more, delay):
            killed.append((pattern, more, round(delay, 2)))
    return killed
