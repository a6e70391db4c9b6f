# Copyright (c) COMNet contributors. All rights reserved.
"""The scripts that start processes on one machine or several."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from helpers.gloo import free_port
from helpers.tool_runner import ROOT


def launch(*args: str, **env: str) -> subprocess.CompletedProcess:
    """Run dist_train.sh, but print what it would start."""
    for name in ('NNODES', 'NODE_RANK', 'MASTER_ADDR', 'PORT'):
        env.setdefault(name, '')
    return subprocess.run(
        ['bash', str(ROOT / 'tools/dist_train.sh'), *args], text=True,
        capture_output=True, env={**os.environ, 'PYTHON': 'echo', **env})


def test_one_machine() -> None:
    started = launch('config.py', '4', '--amp').stdout
    assert '--nnodes=1 --node_rank=0 --master_addr=127.0.0.1' in started
    assert '--nproc_per_node=4' in started
    assert started.endswith(
        'tools/train.py config.py --amp --launcher pytorch\n')


def test_several_machines() -> None:
    started = launch('config.py', '4', NNODES='2', NODE_RANK='1',
                     MASTER_ADDR='10.0.0.1', PORT='1234').stdout
    assert ('--nnodes=2 --node_rank=1 --master_addr=10.0.0.1 '
            '--master_port=1234') in started


@pytest.mark.parametrize('env, reason', [
    (dict(NNODES='2'), 'MASTER_ADDR'),
    (dict(NNODES='2', MASTER_ADDR='10.0.0.1'), 'NODE_RANK'),
    (dict(NNODES='2', NODE_RANK='1'), 'MASTER_ADDR'),
    (dict(NNODES='0'), "NNODES must be a positive number, not '0'")])
def test_machines_that_could_not_find_each_other(
        env: dict[str, str], reason: str) -> None:
    """They would wait at 127.0.0.1, each for itself."""
    ended = launch('config.py', '4', **env)
    assert ended.returncode == 2
    assert not ended.stdout
    assert ended.stderr.startswith('error: ') and reason in ended.stderr


@pytest.mark.parametrize('own', [False, True])
def test_two_machines_train_in_a_folder_that_they_share(
        tiny_configs: Path, demo_root: Path, tmp_path: Path,
        own: bool) -> None:
    """They are two groups of processes; each may have a folder of its own."""
    env = {**os.environ, 'PYTHON': sys.executable, 'PORT': str(free_port()),
           'NNODES': '2', 'MASTER_ADDR': '127.0.0.1', 'OMP_NUM_THREADS': '1'}
    folders = [tmp_path / str(rank if own else 0) for rank in range(2)]
    machines = [subprocess.Popen(
        ['bash', ROOT / 'tools/dist_train.sh', tiny_configs / 'classifier.py',
         '1', '--work-dir', folders[rank], '--cfg-options',
         f'data_root={demo_root}'], text=True, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, env={**env, 'NODE_RANK': str(rank)})
        for rank in range(2)]
    for machine, folder in zip(machines, folders, strict=True):
        out, err = machine.communicate(timeout=300)
        assert (machine.returncode == 0) is not own, err
        lines = [line for line in err.splitlines() if 'error: ' in line]
        if own:
            assert len(lines) == 1
            assert f'{folder}: what ' in lines[0]
            assert lines[0].endswith('name a folder that all machines share')
            assert 'Epoch(train)' not in out
        assert (folder / 'epoch_1.pth').exists() is not own
