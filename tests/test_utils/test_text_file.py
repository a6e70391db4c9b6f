# Copyright (c) COMNet contributors. All rights reserved.
"""Text in the encodings of editors and spreadsheets."""

import os
from pathlib import Path

import pytest

from comnet.utils import InputError
from comnet.utils.text_file import LATIN, UNICODE, decode, read_text

TEXT = 'a,K\xe4se\nb,\u732b\n'


@pytest.mark.parametrize('codec', ['utf-8', 'utf-8-sig', 'utf-16', 'utf-32'])
@pytest.mark.parametrize('end', ['\n', '\r\n', '\r'])
def test_unicode_with_any_mark_and_line_ends(codec: str, end: str) -> None:
    data = TEXT.replace('\n', end).encode(codec)
    assert decode('a.csv', data) == (TEXT, UNICODE)


def test_latin_letters_that_stand_alone() -> None:
    assert decode('a.csv', 'K\xe4se\n\xd6l'.encode('cp1252')) == (
        'K\xe4se\n\xd6l', LATIN)


@pytest.mark.parametrize('data', [
    '\u043a\u043e\u0442'.encode('cp1251'), '\u732b\u72d7'.encode('gbk'),
    '\u30cd\u30b3'.encode('shift_jis'), bytes(range(256))])
def test_other_encodings_are_refused(data: bytes) -> None:
    with pytest.raises(InputError, match='a.csv: not UTF-8 text; save it'):
        decode('a.csv', data)


def test_only_files_are_read(tmp_path: Path) -> None:
    (tmp_path / 'b').write_bytes('K\xe4se'.encode('latin-1'))
    with pytest.raises(InputError, match='b: not UTF-8'):
        read_text(tmp_path / 'b')
    os.mkfifo(tmp_path / 'a')
    with pytest.raises(InputError, match='a: no regular file, but a pipe'):
        read_text(tmp_path / 'a')
    for path in (tmp_path, tmp_path / 'nowhere'):
        with pytest.raises(InputError, match='cannot be read'):
            read_text(path)
