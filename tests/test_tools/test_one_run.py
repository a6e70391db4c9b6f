# Copyright (c) COMNet contributors. All rights reserved.
"""A second command in the folder of a first one, which goes on."""

import subprocess
import sys
import time
from pathlib import Path

import pytest
from helpers.tiny import METHOD, ROOT
from helpers.tool_runner import error_of

from comnet.utils import folder_lock
from comnet.utils.folder_lock import writing


def test_pipeline_is_alone_in_its_folders(
        tiny_configs: Path, demo_root: Path, tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder_lock, 'PATIENCE', 0.2)
    command = [tiny_configs / 'pipeline.py', '--work-dir', tmp_path / 'work']
    endless = f'methods.{METHOD}.classifier.options.train_cfg.max_epochs=9999'
    training = tmp_path / 'work' / METHOD / 'classifier'
    first = subprocess.Popen(
        [sys.executable, ROOT / 'tools/pipeline.py', *command,
         '--cfg-options', endless], cwd=ROOT, stdout=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 300
        while not list(training.glob('epoch_*.pth')):
            assert time.monotonic() < deadline and first.poll() is None
            time.sleep(0.05)
        lines = [
            error_of('pipeline.py', *command),
            error_of('train.py', tiny_configs / 'classifier.py', '--work-dir',
                     training, '--resume', '--cfg-options',
                     f'data_root={demo_root}')]
        assert first.poll() is None
    finally:
        first.kill()
        first.wait()
    for line, folder in zip(lines, (tmp_path / 'work', training),
                            strict=True):
        assert line.startswith(f'error: {folder}: another run, process ')
    assert f'process {first.pid} on ' in lines[0]
    for folder in (tmp_path / 'work', training):
        with writing(folder):
            pass
    assert not [*tmp_path.rglob(folder_lock.LOCK)]
