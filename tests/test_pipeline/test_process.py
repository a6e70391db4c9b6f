# Copyright (c) COMNet contributors. All rights reserved.
"""Processes of a stage."""

from pathlib import Path

import pytest
from mmengine.config import ConfigDict

from comnet.pipeline import Job, Workspace, process
from comnet.pipeline.stages import Affinity, CAMs, ImportedCAMs


@pytest.mark.parametrize('stage, number', [
    (CAMs, 4), (Affinity, 1), (ImportedCAMs, 1)])
def test_work_that_is_not_shared_is_done_once(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stage: type,
        number: int) -> None:
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
    job = Job('comnet', ConfigDict(), Workspace(tmp_path))
    process.run_in_process(job, stage(), gpus=4)
    assert started == [(number, 'none' if number == 1 else 'pytorch')]
