# Copyright (c) COMNet contributors. All rights reserved.
"""One run a folder, shown with processes that really are two."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from comnet.utils import InputError, folder_lock
from comnet.utils.folder_lock import Holder, writing
from comnet.utils.record import LOCK, Record, claim, set_aside

HOLD = '''
import os, sys, time
from comnet.utils.folder_lock import writing
with writing(sys.argv[1]):
    child = os.fork() if sys.argv[2:] else 1  # as workers that load images
    if child:
        print('holds', child, flush=True)
    time.sleep(60)
'''


@pytest.fixture(autouse=True)
def impatience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder_lock, 'PATIENCE', 0.2)


def hold(folder: Path, *arguments: str) -> tuple[subprocess.Popen, int]:
    """Start a process that holds a folder; return its child's number, too."""
    process = subprocess.Popen(
        [sys.executable, '-c', HOLD, str(folder), *arguments],
        stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    return process, int(process.stdout.readline().split()[1])


def test_second_run_is_told_of_the_first(tmp_path: Path) -> None:
    first, _ = hold(tmp_path / 'work')
    try:
        with pytest.raises(InputError) as caught, writing(tmp_path / 'work'):
            pass
        line = str(caught.value)
        assert line.startswith(f'{tmp_path / "work"}: another run, process '
                               f'{first.pid} on {os.uname().nodename} since 2')
        assert line.endswith(
            'writes it; wait for it, or name another folder')
        with writing(tmp_path / 'other'):
            pass
    finally:
        first.terminate()
        first.wait()
    with writing(tmp_path / 'work'):
        pass


def test_what_a_killed_run_leaves_does_not_block(tmp_path: Path) -> None:
    """Not even where a process that it has forked goes on for a while."""
    first, child = hold(tmp_path, 'fork')
    try:
        first.kill()
        first.wait()
        left = Holder.read(tmp_path / LOCK)
        assert left is not None and left.pid == first.pid
        with writing(tmp_path):
            now = Holder.read(tmp_path / LOCK)
            assert now is not None and now.pid == os.getpid()
    finally:
        os.kill(child, signal.SIGKILL)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize('other', [
    dict(host='elsewhere'), dict(boot='before it started')])
def test_this_machine_is_told_by_its_name_or_its_start(
        tmp_path: Path, other: dict) -> None:
    """Another container has another name, the same after a power cut not."""
    if not Holder.me().boot:
        pytest.skip('no boot_id here')
    (tmp_path / LOCK).write_text(json.dumps({**vars(Holder.me()), **other}))
    with writing(tmp_path):
        pass


def test_lock_of_another_machine_says_what_to_do(tmp_path: Path) -> None:
    """Whose locks may not be heard of here."""
    path = tmp_path / LOCK
    text = json.dumps(dict(host='node7', boot='x', pid=12,
                           since='2026-01-31 12:00:00'))
    path.write_text(text)
    with pytest.raises(InputError) as caught, writing(tmp_path):
        pass
    assert str(caught.value) == (
        f'{tmp_path}: another run, process 12 on node7 since 2026-01-31 '
        f'12:00:00, writes it or was killed; wait for it, or remove {path} if '
        'it is gone')
    assert path.read_text() == text
    path.unlink()
    with writing(tmp_path):
        pass


@pytest.mark.parametrize('text', ['', '{"host": ', '[1]', '{"host": "a"}'])
def test_lock_that_says_nothing_is_nobodys(tmp_path: Path, text: str) -> None:
    (tmp_path / LOCK).write_text(text)
    with writing(tmp_path):
        pass
    assert not list(tmp_path.iterdir())


def test_nothing_is_left(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), writing(tmp_path / 'a/b'):
        raise ZeroDivisionError
    assert not list(tmp_path.iterdir())
    with writing(tmp_path / 'a/b'):
        (tmp_path / 'a/b/mine').touch()
    assert [path.name for path in (tmp_path / 'a/b').iterdir()] == ['mine']


def test_folder_stays_locked_when_it_is_set_aside(tmp_path: Path) -> None:
    work = tmp_path / 'work'
    with writing(work):
        (work / 'mine').touch()
        aside = set_aside(work)
        assert [path.name for path in aside.iterdir()] == ['mine']
        with pytest.raises(InputError, match='another run'), writing(work):
            pass
        assert claim(work, Record({}, {})) == Record({}, {})
    assert [path.name for path in work.iterdir()] == ['record.json']


def test_what_was_cut_off_at_once_is_of_nobody_else(tmp_path: Path) -> None:
    """A lock, and the beginning of a record."""
    (tmp_path / LOCK).touch()
    (tmp_path / f'.record.json.{os.uname().nodename}.1').touch()
    record = Record({}, {})
    assert claim(tmp_path, record) is record
