# Copyright (c) COMNet contributors. All rights reserved.
"""Files are there as a whole or not at all."""

import ctypes
import errno
import os
import platform
import subprocess
from pathlib import Path

import pytest

from comnet.utils.atomic_file import (
    remove_partial_files,
    sync_files,
    write_atomically,
    write_bytes,
)


def test_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / 'new/a.bin'
    write_atomically(path, lambda file: file.write(b'old'))

    def fail(file) -> None:
        file.write(b'ne')
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_atomically(path, fail)
    assert path.read_bytes() == b'old'
    assert [entry.name for entry in path.parent.iterdir()] == ['a.bin']


def test_what_a_killed_process_left_is_removed(tmp_path: Path) -> None:
    """Process numbers come again on other machines that write there."""
    ended = subprocess.Popen(['true'])
    ended.wait()
    host = platform.node()
    kept = {'a.png', '.a.png', '.hidden', f'b.png.{host}.{ended.pid}',
            f'.c.png.{host}.{os.getpid()}', f'.c.png.other.{ended.pid}'}
    old = f'.c.png.other.{os.getpid()}'
    for name in kept | {old, f'.a.png.{host}.{ended.pid}',
                        f'.2007_032.npz.{host}.{ended.pid}'}:
        (tmp_path / name).write_bytes(b'some')
    os.utime(tmp_path / old, (0, 0))
    remove_partial_files(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == kept
    remove_partial_files(tmp_path / 'nowhere')


def test_empty_image_that_a_power_cut_left_is_removed(tmp_path: Path) -> None:
    (tmp_path / 'masks').mkdir()
    for name in ('a.npz', 'masks/a.png', 'a.log'):
        (tmp_path / name).touch()
    remove_partial_files(tmp_path)
    assert [path.name for path in tmp_path.rglob('*.*')] == ['a.log']


def test_file_is_on_the_disk_before_its_name(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And both are before the call returns, where that is asked for."""
    order = []

    def note(descriptor: int) -> None:
        order.append(os.readlink(f'/proc/self/fd/{descriptor}'))

    monkeypatch.setattr(os, 'fsync', note)
    write_bytes(tmp_path / 'a.bin', b'image')
    assert order == []
    write_bytes(tmp_path / 'a.bin', b'checkpoint', durable=True)
    assert order == [str(next_to(tmp_path / 'a.bin')), str(tmp_path)]


def next_to(path: Path) -> Path:
    return path.with_name(f'.{path.name}.{platform.node()}.{os.getpid()}')


@pytest.mark.parametrize('library', ['syncfs', 'sync'])
def test_all_files_at_once(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch, library: str
) -> None:
    """By the call that Linux has, or by the one that all have."""
    called = []
    if library == 'sync':
        monkeypatch.setattr(ctypes, 'CDLL', lambda *_, **__: object())
    monkeypatch.setattr(os, 'sync', lambda: called.append('sync'))
    sync_files(tmp_path)
    assert called == (['sync'] if library == 'sync' else [])
    if library == 'syncfs':
        with pytest.raises(FileNotFoundError, match='gone'):
            sync_files(tmp_path / 'gone')


@pytest.mark.parametrize('error, reason', [
    (OSError(errno.ENOSPC, 'No space left on device'), 'No space left'),
    (OSError('encoder error -2'), 'encoder error -2')])
def test_file_that_cannot_be_written_is_named(
        tmp_path: Path, error: OSError, reason: str) -> None:
    """The system names none, and libraries do not even tell its error."""
    def fail(file: object) -> None:
        raise error

    with pytest.raises(OSError) as caught:
        write_atomically(tmp_path / 'a.png', fail)
    assert caught.value.filename == str(tmp_path / 'a.png')
    assert caught.value.errno and caught.value.strerror.startswith(reason)


def test_file_that_cannot_be_read_keeps_its_name(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError) as caught:
        write_atomically(tmp_path / 'a.png', lambda file: file.write(
            (tmp_path / 'source').read_bytes()))
    assert str(caught.value.filename) == str(tmp_path / 'source')


def test_what_a_process_left_that_nobody_waits_for(tmp_path: Path) -> None:
    """As in a container without an init: it has ended, but is listed."""
    ended = subprocess.Popen(['true'])
    os.waitid(os.P_PID, ended.pid, os.WEXITED | os.WNOWAIT)
    left = tmp_path / f'.a.png.{platform.node()}.{ended.pid}'
    left.write_bytes(b'half')
    remove_partial_files(tmp_path)
    assert not left.exists()
    ended.wait()
