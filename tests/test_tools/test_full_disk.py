# Copyright (c) COMNet contributors. All rights reserved.
"""A disk that is full: one line, and on with it once there is room."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from helpers.same_runs import leftovers, require_same
from helpers.tool_runner import run_tool

KIB = (60, 8520, 8640, 9500, 13000)  # at each a stage has no room
FULL = 'No space left on device; make room and run again to go on'
ROOM = 64 * 1024


def mount(folder: Path, size: int, *options: str) -> None:
    subprocess.run(
        ['mount', '-t', 'tmpfs', '-o', ','.join([*options, f'size={size}k']),
         'none', folder], check=True, capture_output=True)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """Return a folder on a small disk of its own."""
    folder = tmp_path / 'disk'
    folder.mkdir()
    try:
        mount(folder, KIB[0])
    except (OSError, subprocess.CalledProcessError):
        pytest.skip('tests may not mount a tmpfs here')
    yield folder
    subprocess.run(['umount', '--lazy', folder], check=True)


@pytest.mark.slow
def test_pipeline_on_a_disk_that_fills_up(
        tiny_configs: Path, disk: Path, tmp_path: Path,
        capfd: pytest.CaptureFixture) -> None:
    command = ('pipeline.py', tiny_configs / 'pipeline.py', '--num-pictures',
               6, '--work-dir')
    failed = []
    for size in (*KIB, ROOM):
        mount(disk, size, 'remount')
        run = run_tool(*command, disk / 'work')
        if run.code == 0:
            break
        assert run.code == 2, run.err
        text = run.err + capfd.readouterr().err  # of the steps' processes
        assert 'Traceback' not in text
        failed += [line for line in text.splitlines() if FULL in line]
    assert run.code == 0, run.err
    assert all(line.startswith(f'error: {disk}/') for line in failed), failed
    assert len(failed) == len(KIB)
    assert len({Path(line.split(': ')[1]).parent for line in failed}) > 2
    whole = run_tool(*command, tmp_path / 'work')
    assert whole.code == 0, whole.err
    require_same(disk / 'work', tmp_path / 'work')
    assert leftovers(disk) == []
