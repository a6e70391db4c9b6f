# Copyright (c) COMNet contributors. All rights reserved.
"""Errors of the user end a tool with one line and status 2."""

import errno
import signal
import sys
from collections.abc import Callable
from functools import partial
from multiprocessing.queues import Queue
from pathlib import Path

import pytest
import torch
from torch.utils.data import DataLoader, Dataset

from comnet.datasets.voc_folder import load_image
from comnet.utils import InputError, check_choice, one_line_errors
from comnet.utils.errors import naming, signals_raise
from comnet.utils.loading import lost_batches_end_workers


class BrokenImages(Dataset):
    """A data set whose only image cannot be read."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __len__(self) -> int:
        return 1

    def __getitem__(self, idx: int) -> object:
        return load_image(self.path)


def test_error_becomes_one_line(capsys: pytest.CaptureFixture) -> None:
    with pytest.raises(SystemExit) as caught, one_line_errors():
        raise InputError('a.jpg: cut off; replace the file')
    assert caught.value.code == 2
    out, err = capsys.readouterr()
    assert err == 'error: a.jpg: cut off; replace the file\n'
    assert out == ''


def test_error_of_a_worker_becomes_the_same_line(
        tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    path = tmp_path / 'a.jpg'
    path.write_bytes(b'broken')
    with pytest.raises(SystemExit) as caught, one_line_errors():
        list(DataLoader(BrokenImages(path), num_workers=1))
    assert caught.value.code == 2
    err = capsys.readouterr().err
    assert err.startswith(f'error: {path}: not a readable image')
    assert err.count('\n') == 1


@pytest.mark.parametrize(('place', 'reason'), [
    ('file', 'File exists'), ('file/folder', 'Not a directory'),
    ('/proc/folder', 'No such file or directory')])
def test_refusal_of_the_system_becomes_one_line(
        tmp_path: Path, place: str, reason: str,
        capsys: pytest.CaptureFixture) -> None:
    (tmp_path / 'file').touch()
    path = tmp_path / place
    with pytest.raises(SystemExit) as caught, one_line_errors():
        path.mkdir(parents=True, exist_ok=True)
    assert caught.value.code == 2
    err = capsys.readouterr().err
    assert err.startswith(f'error: {path}: {reason}; ')
    assert err.count('\n') == 1


@pytest.mark.parametrize('error', [
    ZeroDivisionError('division by zero'), OSError('no file is named')])
def test_other_errors_keep_their_traceback(error: Exception) -> None:
    with pytest.raises(type(error)) as caught, one_line_errors():
        raise error
    assert caught.value is error


def test_success_changes_nothing(capsys: pytest.CaptureFixture) -> None:
    with one_line_errors():
        sys.stdout.write('fine\n')
    assert capsys.readouterr() == ('fine\n', '')


def test_input_error_is_a_value_error() -> None:
    assert issubclass(InputError, ValueError)


@pytest.mark.parametrize('value', ['c', ['a'], False])
def test_a_choice_that_there_is_not_names_those_that_there_are(
        value: object) -> None:
    check_choice('a', {'a': 1, None: 2}, 'Place: setting')
    check_choice(None, ('a', None), 'Place: setting')
    with pytest.raises(InputError) as error:
        check_choice(value, ('a', None), 'Place: setting')
    assert str(error.value) == (
        f"Place: setting is {value!r}; give one of 'a', None")


def line_of(error: BaseException, capsys: pytest.CaptureFixture,
            status: int = 2) -> str:
    """Return the line that an error ends a command with."""
    with pytest.raises(SystemExit) as caught, one_line_errors():
        raise error
    assert caught.value.code == status
    out, err = capsys.readouterr()
    assert (out, err.count('\n'), err[:7]) == ('', 1, 'error: ')
    return err[7:-1]


@pytest.mark.parametrize('error, line', [
    (OSError(errno.ENOSPC, 'No space left on device'),
     'No space left on device; make room and run again to go on'),
    (OSError(errno.ENOSPC, 'No space left on device', 'a.pth'),
     'a.pth: No space left on device; make room and run again to go on'),
    (OSError(errno.EROFS, 'Read-only file system', 'a'),
     'a: Read-only file system; mend it or give another path'),
    (OSError(errno.EMFILE, 'Too many open files', 'a'),
     'a: Too many open files; raise the limit (ulimit -n) or take fewer')])
def test_what_the_system_refuses(error: OSError, line: str,
                                 capsys: pytest.CaptureFixture) -> None:
    assert line_of(error, capsys).startswith(line)


@pytest.mark.parametrize('error', [
    MemoryError(), MemoryError('Unable to allocate 2 TiB for an array'),
    torch.OutOfMemoryError('CUDA out of memory. Tried to allocate 2 GiB\nx'),
    OSError(errno.ENOMEM, 'Cannot allocate memory')])
def test_memory_that_does_not_suffice(error: Exception,
                                      capsys: pytest.CaptureFixture) -> None:
    assert line_of(error, capsys).startswith('out of memory (')


def test_memory_that_does_not_suffice_on_a_cpu(
        capsys: pytest.CaptureFixture) -> None:
    with pytest.raises(RuntimeError) as caught:
        torch.empty(2**60, dtype=torch.uint8)
    assert line_of(caught.value, capsys).startswith('out of memory (')


def test_interrupt_is_a_line(capsys: pytest.CaptureFixture) -> None:
    assert line_of(KeyboardInterrupt(), capsys, 130) == (
        'interrupted; run again to go on')


def test_sigterm_is_a_line(capsys: pytest.CaptureFixture) -> None:
    before, left = signal.getsignal(signal.SIGTERM), []
    with pytest.raises(SystemExit) as caught, one_line_errors():
        with signals_raise():
            try:
                signal.raise_signal(signal.SIGTERM)
            finally:
                left.append('in order')
                signal.raise_signal(signal.SIGTERM)  # the second is nothing
    assert (caught.value.code, left) == (143, ['in order'])
    assert capsys.readouterr().err == (
        'error: ended by SIGTERM; run again to go on\n')
    assert signal.getsignal(signal.SIGTERM) is before


class Lost(Dataset):
    """Items that a worker does not hand over."""

    def __init__(self, item: Callable[[], object]) -> None:
        self.item = item

    def __len__(self) -> int:
        return 2

    def __getitem__(self, idx: int) -> object:
        return self.item()


def no_memory() -> None:
    raise MemoryError


@pytest.mark.parametrize('item, line', [
    (partial(signal.raise_signal, signal.SIGKILL),
     'a process that loads images was killed, perhaps for want of memory'),
    (lambda: (lambda: 1),  # as where shared memory has no room
     'a process that loads images was killed, perhaps for want of memory'),
    (partial(open, '/no/such'), '[Errno 2] No such file or directory'),
    (no_memory, 'out of memory (')])
def test_worker_that_loads_images(
        item: Callable[[], object], line: str,
        capsys: pytest.CaptureFixture,
        monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Queue, '_on_queue_feeder_error',
                        Queue._on_queue_feeder_error)  # as it was, after it
    lost_batches_end_workers()
    with pytest.raises(Exception) as caught:
        list(DataLoader(Lost(item), num_workers=1, collate_fn=list))
    assert line_of(caught.value, capsys).startswith(line)


def test_folder_is_named_where_nothing_is() -> None:
    with pytest.raises(OSError) as caught, naming('work'):
        raise OSError(errno.ENOSPC, 'No space left on device')
    assert caught.value.filename == 'work'
    with pytest.raises(FileNotFoundError) as caught, naming('work'):
        Path('/no/such').read_bytes()
    assert str(caught.value.filename) == '/no/such'
