# Copyright (c) COMNet contributors. All rights reserved.
"""Jobs in worker processes."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest
import torch
from helpers.processes import alive

from comnet.utils import InputError, parallel
from comnet.utils.parallel import (
    JOBS_PER_WORKER,
    default_workers,
    fresh_context,
    run_jobs,
)
from comnet.utils.record import file_identity

# a worker's parent is the server that it was forked from
ORPHANS = '''
import os, sys, time
from pathlib import Path
from comnet.utils.parallel import run_jobs

def work(folder):
    for pid in os.getpid(), os.getppid():
        (Path(folder) / str(pid)).touch()
    time.sleep(300)

if __name__ == '__main__':
    for _ in run_jobs(work, [(sys.argv[1], )] * 2, workers=2):
        pass
'''


@pytest.mark.parametrize('workers', [1, 3])
def test_every_job_is_done(tmp_path: Path, workers: int) -> None:
    names = [f'job{index}' for index in range(20)]
    done = list(run_jobs(Path.touch, ((tmp_path / name, ) for name in names),
                         workers))
    assert len(done) == len(names)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(names)


def test_jobs_are_drawn_as_they_are_needed(tmp_path: Path) -> None:
    drawn = 0

    def jobs() -> Iterator[tuple]:
        nonlocal drawn
        for drawn in range(1, 51):
            yield tmp_path / str(drawn),

    running = run_jobs(Path.touch, jobs(), workers=2)
    next(running)
    assert drawn == JOBS_PER_WORKER * 2
    running.close()
    assert drawn < 50


def test_error_of_a_job_is_raised(tmp_path: Path) -> None:
    missing = tmp_path / 'none.pth'
    with pytest.raises(InputError, match=f'{missing}: cannot be read'):
        list(run_jobs(file_identity, [(missing, )], workers=1))


def test_killed_worker_is_reported() -> None:
    with pytest.raises(InputError, match='was killed.*fewer workers'):
        list(run_jobs(signal.raise_signal, [(signal.SIGKILL, )] * 3,
                      workers=1))


def test_no_workers_are_refused() -> None:
    with pytest.raises(InputError, match='0 workers'):
        list(run_jobs(print, [()], workers=0))


@pytest.fixture
def eight_cores(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Be in the control group ``job/task``, whose folder is returned."""
    monkeypatch.setattr('os.sched_getaffinity', lambda _: set(range(8)),
                        raising=False)
    for name in ('LOCAL_WORLD_SIZE', 'SLURM_CPUS_PER_TASK'):
        monkeypatch.delenv(name, raising=False)
    group = tmp_path / 'groups/job/task'
    group.mkdir(parents=True)
    (tmp_path / 'cgroup').write_text('1:cpu:/old\n0::/job/task\n')
    monkeypatch.setattr(parallel, 'CGROUP', tmp_path / 'cgroup')
    monkeypatch.setattr(parallel, 'CGROUPS', tmp_path / 'groups')
    return group


@pytest.mark.parametrize('env, workers', [
    ({}, 8), (dict(LOCAL_WORLD_SIZE='3'), 2),
    (dict(LOCAL_WORLD_SIZE='16'), 1), (dict(SLURM_CPUS_PER_TASK='5'), 5),
    (dict(SLURM_CPUS_PER_TASK='6', LOCAL_WORLD_SIZE='2'), 3),
    (dict(SLURM_CPUS_PER_TASK='64'), 8)])
def test_processes_of_a_launcher_share_the_cores(
        eight_cores: Path, monkeypatch: pytest.MonkeyPatch,
        env: dict[str, str], workers: int) -> None:
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    assert default_workers() == workers


@pytest.mark.parametrize('own, outer, workers', [
    ('max 100000', 'max 100000', 8), ('200000 100000', 'max 100000', 2),
    ('max 100000', '350000 100000', 4), ('50000 100000', '300000 100000', 1),
    ('1600000 100000', 'max 100000', 8)])
def test_containers_grant_a_share_of_the_cores(
        eight_cores: Path, own: str, outer: str, workers: int) -> None:
    """As with ``docker run --cpus=2``: all cores, a part of their time."""
    (eight_cores / 'cpu.max').write_text(f'{own}\n')
    (eight_cores.parent / 'cpu.max').write_text(f'{outer}\n')
    assert default_workers() == workers


def test_system_without_control_groups(eight_cores: Path) -> None:
    parallel.CGROUP.unlink()
    assert default_workers() == 8


def test_workers_end_with_a_parent_that_was_killed(tmp_path: Path) -> None:
    script, folder = tmp_path / 'orphans.py', tmp_path / 'pids'
    script.write_text(ORPHANS)
    folder.mkdir()
    parent = subprocess.Popen([sys.executable, script, folder])
    deadline = time.monotonic() + 60
    while len(list(folder.iterdir())) < 3:  # two and their server
        assert time.monotonic() < deadline and parent.poll() is None
        time.sleep(0.05)
    started = [int(path.name) for path in folder.iterdir()]
    assert parent.pid not in started and all(map(alive, started))
    parent.kill()
    parent.wait()
    while any(map(alive, started)):
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.mark.skipif(not torch.backends.cuda.is_built(),
                    reason='this PyTorch is built without CUDA')
def test_process_that_may_use_a_gpu_was_not_forked(
        monkeypatch: pytest.MonkeyPatch) -> None:
    """CUDA refuses a process forked from one that has asked for GPUs."""
    monkeypatch.setattr(torch.cuda, 'is_available', lambda: True)
    with ProcessPoolExecutor(1, fresh_context()) as pool:
        assert not pool.submit(torch.cuda._is_in_bad_fork).result()
