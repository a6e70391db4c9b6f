# Copyright (c) COMNet contributors. All rights reserved.
"""Processes load images only where they can hand them over."""

import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from comnet.utils import loading
from comnet.utils.loading import loading_workers


def test_no_processes_load_images_without_shared_memory(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture) -> None:
    usage = SimpleNamespace(free=2**16)
    monkeypatch.setattr(loading, 'SHARED_MEMORY', tmp_path)
    monkeypatch.setattr(shutil, 'disk_usage', lambda _: usage)
    assert loading_workers(0) == 0 and not capsys.readouterr().out
    assert loading_workers(4) == 0
    assert f'{tmp_path} has room for 0.1 MiB: images are loaded without' in (
        capsys.readouterr().out)
    usage.free = 2**30
    assert loading_workers(4) == 4 and not capsys.readouterr().out
    monkeypatch.setattr(loading, 'SHARED_MEMORY', tmp_path / 'none')
    usage.free = 0
    assert loading_workers(4) == 4
