# Copyright (c) COMNet contributors. All rights reserved.
"""Errors of the user end a tool with one line and status 2."""

import sys
from pathlib import Path

import pytest
from torch.utils.data import DataLoader, Dataset

from comnet.datasets.voc_folder import load_image
from comnet.utils import InputError, check_choice, one_line_errors


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
