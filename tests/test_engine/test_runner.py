# Copyright (c) COMNet contributors. All rights reserved.
"""Trainings that go on from a checkpoint, and run nothing of it."""

import os
from datetime import timedelta
from pathlib import Path
from unittest import mock

import pytest
import torch
from helpers.gloo import free_port, in_processes
from helpers.hostile import ATTACKS
from helpers.lines import train, weights
from mmengine.hooks import Hook
from mmengine.runner import Runner, log_processor

from comnet.engine import runner
from comnet.engine.config_file import read_config
from comnet.engine.runner import dist_settings, init_distributed
from comnet.utils import InputError, memory

ONE_PROCESS = dict(RANK='0', LOCAL_RANK='0', WORLD_SIZE='1',
                   MASTER_ADDR='127.0.0.1')  # as torchrun tells it


def test_none_takes_out_a_hook(tmp_path: Path) -> None:
    """Those of mmengine, and those of other names, such as progress."""
    runner = train(tmp_path, 1, hooks=dict(
        timer=None, progress=None))
    names = {type(hook).__name__ for hook in runner.hooks}
    assert 'CheckpointHook' in names and 'LoggerHook' in names
    assert not {'IterTimerHook', 'ProgressHook'} & names


class Work(Hook):
    """Takes memory of a GPU that is none, most at the second iteration."""
    priority = 'VERY_HIGH'
    peak = 0

    def before_train_iter(self, runner: Runner, batch_idx: int,
                          data_batch: dict | None = None) -> None:
        self.peak = max(self.peak, (3, 7, 5, 4)[runner.iter] * 2**20)

    def reset(self) -> None:
        self.peak = 0


def test_peak_of_a_gpu_outlasts_the_log(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The log tells the peak since the one before, and resets it."""
    work = Work()
    monkeypatch.setattr(memory, '_largest_on_gpu', 0.0)
    monkeypatch.setattr(log_processor, 'is_cuda_available', lambda: True)
    monkeypatch.setattr(torch.cuda, 'is_initialized', lambda: True)
    monkeypatch.setattr(
        torch.cuda, 'max_memory_allocated', lambda device=None: work.peak)
    monkeypatch.setattr(torch.cuda, 'reset_peak_memory_stats', work.reset)
    train(tmp_path, 2, hooks=dict(logger=dict(type='LoggerHook', interval=1)),
          custom_hooks=[work])
    assert work.peak == 0
    assert memory.peak_gpu_memory() == 7


@pytest.mark.parametrize('source', ['auto', 'file'])
def test_resumed_training_ends_as_one_at_a_go(
        tmp_path: Path, source: str) -> None:
    whole = train(tmp_path / 'whole', 3)
    train(tmp_path / 'parts', 2)
    start = {} if source == 'auto' else dict(
        load_from=str(tmp_path / 'parts/epoch_2.pth'))
    resumed = train(tmp_path / 'parts', 3, resume=True, **start)
    assert resumed.epoch == 3
    torch.testing.assert_close(weights(resumed), weights(whole))


def poison(path: Path, trace: Path) -> None:
    """Let the text of the config write a file where it is run as Python."""
    content = torch.load(path, weights_only=False)
    content['meta']['config'] = f'open({str(trace)!r}, "w").close()'
    torch.save(content, path)


@pytest.mark.parametrize('auto', [True, False])
def test_config_of_a_checkpoint_is_not_run(
        tmp_path: Path, auto: bool) -> None:
    work, trace = tmp_path / 'work', tmp_path / 'trace'
    train(work, 1)
    poison(work / 'epoch_1.pth', trace)
    start = {} if auto else dict(load_from=str(work / 'epoch_1.pth'))
    assert train(work, 2, resume=True, **start).epoch == 2
    assert not trace.exists()


def test_stock_runner_would_run_it(tmp_path: Path) -> None:
    work, trace = tmp_path / 'stock', tmp_path / 'trace'
    train(work, 1)
    poison(work / 'epoch_1.pth', trace)
    train(work, 2, Runner, resume=True)
    assert trace.exists()


@pytest.mark.parametrize('resume', [True, False])
@pytest.mark.parametrize('attack', ATTACKS)
def test_no_code_of_a_checkpoint_is_run(
        tmp_path: Path, attack, resume: bool) -> None:
    trace = tmp_path / 'trace'
    path = attack(tmp_path / 'a.pth', trace)
    with pytest.raises(InputError, match='a.pth: not a checkpoint'):
        train(tmp_path / 'work', 1, resume=resume, load_from=str(path))
    assert not trace.exists()


def test_training_does_not_go_on_with_another_model(tmp_path: Path) -> None:
    train(tmp_path / 'work', 1)
    with pytest.raises(InputError, match='checkpoint of another model'):
        train(tmp_path / 'work', 2, width=4, resume=True)


def test_training_starts_with_what_fits(tmp_path: Path) -> None:
    """As everywhere in OpenMMLab, where ``load_from`` is for fine-tuning."""
    train(tmp_path / 'one', 1)
    started = train(tmp_path / 'two', 1, width=4,
                    load_from=str(tmp_path / 'one/epoch_1.pth'))
    assert started.epoch == 1


@pytest.fixture
def joined(monkeypatch: pytest.MonkeyPatch) -> dict:
    """Say that there are GPUs; return what NCCL would be joined with."""
    found: dict = {}
    monkeypatch.setattr(runner, 'get_device', lambda: 'cuda')
    monkeypatch.setattr(torch.cuda, 'is_available', lambda: True)
    monkeypatch.setattr(torch.cuda, 'set_device', lambda rank: None)
    monkeypatch.setattr(torch.distributed, 'init_process_group', found.update)
    return found


@pytest.mark.parametrize('env, port', [
    ({}, '15000'), (dict(SLURM_JOB_ID='1234567'), '19567'),
    (dict(SLURM_JOB_ID='1234567', MASTER_PORT='4321'), '4321')])
def test_slurm_jobs_on_one_machine_have_ports_of_their_own(
        joined: dict, env: dict[str, str], port: str) -> None:
    task = dict(SLURM_PROCID='0', SLURM_NTASKS='1', SLURM_NODELIST='node',
                SLURM_LOCALID='0', MASTER_ADDR='node')
    with mock.patch.dict(os.environ, {**task, **env}, clear=True):
        init_distributed('slurm')
        assert os.environ['MASTER_PORT'] == port


DEFAULT = timedelta(hours=4)


@pytest.mark.parametrize('settings, timeout', [
    (None, DEFAULT), (dict(timeout=1800), timedelta(minutes=30)),
    (dist_settings(read_config('_base_/default_runtime.py')), DEFAULT)])
def test_processes_wait_for_each_other(
        joined: dict, monkeypatch: pytest.MonkeyPatch,
        settings: dict | None, timeout: timedelta) -> None:
    """By NCCL as by gloo; NCCL's own ten minutes are too few."""
    for name, value in ONE_PROCESS.items():
        monkeypatch.setenv(name, value)
    init_distributed('pytorch', settings)
    assert joined == dict(backend='nccl', timeout=timeout)


def test_gloo_waits_as_long(tmp_path: Path) -> None:
    def wait(rank: int) -> timedelta:
        torch.distributed.destroy_process_group()
        os.environ.update(ONE_PROCESS, MASTER_PORT=str(free_port()))
        init_distributed('pytorch', dict(timeout=1800))
        group = torch.distributed.group.WORLD
        assert torch.distributed.get_backend() == 'gloo'
        return group._get_backend(torch.device('cpu')).options._timeout

    assert in_processes(wait, 1, tmp_path / 'sync') == [timedelta(minutes=30)]


@pytest.mark.parametrize('timeout', ['1800', 0, None])
def test_timeout_that_is_none(timeout: object) -> None:
    with pytest.raises(InputError, match='dist_cfg.timeout is .*; give sec'):
        init_distributed('pytorch', dict(timeout=timeout))


def test_loader_without_processes_keeps_none(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is no shared memory; its images are the same ones."""
    monkeypatch.setattr(runner, 'loading_workers', lambda wanted: 0)
    loader = dict(
        batch_size=2, num_workers=2, persistent_workers=True,
        prefetch_factor=4, dataset=[dict(inputs=torch.ones(3))] * 2,
        collate_fn=dict(type='default_collate'),
        sampler=dict(type='DefaultSampler', shuffle=False))
    trained = train(tmp_path, 1, train_dataloader=loader)
    assert trained.train_dataloader.num_workers == 0
    assert loader['num_workers'] == 2
