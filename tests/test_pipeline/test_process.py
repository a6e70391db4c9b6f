# Copyright (c) COMNet contributors. All rights reserved.
"""Processes of a step."""

from pathlib import Path

import pytest
import torch
from helpers.tiny import METHOD

from comnet.pipeline import Planned, process, read_methods
from comnet.utils.parallel import fresh_context


@pytest.mark.parametrize('step, number', [
    ('cam', 4), ('affinity', 1), ('pseudo', 4)])
def test_work_that_is_not_shared_is_done_once(
        tiny_configs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
        step: str, number: int) -> None:
    """Whatever has processes of its own would do it once a GPU."""
    started = []

    def launch(task: dict, log: Path, gpus: int) -> int:
        started.append((gpus, task['launcher']))
        return 0

    def run_alone(task: dict, log: Path) -> int:
        started.append((1, task['launcher']))
        return 0

    monkeypatch.setattr(process, '_launch', launch)
    monkeypatch.setattr(process, '_run_alone', run_alone)
    method = read_methods(
        tiny_configs / 'pipeline.py', work_dir=tmp_path)[METHOD]
    process.run_in_process(Planned(method, step, 'new'), gpus=4)
    assert started == [(number, 'none' if number == 1 else 'pytorch')]


def test_step_starts_freshly_where_there_is_a_gpu(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a fork has inherited of CUDA cannot be used."""
    monkeypatch.setattr(torch.cuda, 'is_available', lambda: True)
    started = []
    monkeypatch.setattr(process, 'fresh_context', lambda: started.append(
        fresh_context()) or started[0])
    task = dict(step={}, imports=dict(imports=['no_such_module']))
    assert process._run_alone(task, tmp_path / 'log') != 0
    assert started[0].get_start_method() == 'spawn'
