# Copyright (c) COMNet contributors. All rights reserved.
"""Archives and folders are read alike; bad ones are told in one line."""

import os
from pathlib import Path

import pytest
from helpers.releases import add_member, pack

from comnet.converters import source as source_module
from comnet.converters.source import link_or_copy, open_source
from comnet.utils import InputError

FILES = {'lists/train.txt': b'one\ntwo\r\n\n', 'img/one.jpg': b'1' * 3000,
         'img/two.jpg': b'2' * 1000}
MARKER = 'lists/train.txt'


@pytest.fixture(params=['', 'a/', 'a/b/'])
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Return a folder with the files at some depth, and with others."""
    folder = tmp_path / 'extracted'
    for name, data in {**FILES, '.hidden/lists/train.txt': b'no',
                       '__MACOSX/lists/train.txt': b'no'}.items():
        path = folder / request.param / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder


def error(path: Path) -> str:
    """Open a bad archive and read all of it; return the one line."""
    with pytest.raises(InputError) as caught:
        source = open_source(path, MARKER)
        dict(source.read(FILES))
    message = str(caught.value)
    assert '\n' not in message
    assert message.startswith(f'{path}: ')
    return message


@pytest.mark.parametrize('name', [None, 'a.tar', 'a.tgz', 'a.zip'])
def test_files_by_their_names_below_the_root(
        folder: Path, tmp_path: Path, name: str | None) -> None:
    path = pack(folder, tmp_path / name) if name else folder
    source = open_source(path, MARKER)
    assert source.names == set(FILES)
    assert dict(source.read(FILES)) == FILES
    assert dict(source.read([])) == {}
    assert source.read_lines(MARKER) == ['one', 'two']
    target = tmp_path / 'placed'
    target.mkdir()
    paths = {name: target / Path(name).name for name in FILES}
    assert len(list(source.place(paths))) == 3
    assert {name: path.read_bytes() for name, path in paths.items()} == FILES
    assert len(list(target.iterdir())) == 3


def test_marker_may_be_a_pattern(folder: Path) -> None:
    assert open_source(folder, 'img/*.jpg').names == set(FILES)
    assert open_source(folder, '*.jpg').names == {'one.jpg', 'two.jpg'}


def test_files_of_a_folder_take_no_space(folder: Path, tmp_path: Path) -> None:
    source = open_source(folder, '*.jpg')
    list(source.place({'one.jpg': tmp_path / 'one.jpg'}))
    assert os.stat(tmp_path / 'one.jpg').st_nlink == 2


def test_copy_where_there_are_no_links(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def link(*args: object) -> None:
        raise OSError('another device')

    (tmp_path / 'a').write_bytes(b'content')
    monkeypatch.setattr(source_module.os, 'link', link)
    link_or_copy(tmp_path / 'a', tmp_path / 'b')
    assert (tmp_path / 'b').read_bytes() == b'content'
    assert os.stat(tmp_path / 'a').st_nlink == 1


@pytest.mark.parametrize('name', ['a.tar', 'a.tgz', 'a.zip'])
@pytest.mark.parametrize('part', [0, 0.001, 0.3, 0.6, 0.9])
def test_archive_that_was_cut_off(folder: Path, tmp_path: Path, name: str,
                                  part: float) -> None:
    path = pack(folder, tmp_path / name)
    data = path.read_bytes().rstrip(b'\0')  # of a tar: the end's padding
    path.write_bytes(data[:int(part * len(data))])
    assert '; ' in error(path)  # what to do stands behind it


def test_corrupt_zip(folder: Path, tmp_path: Path) -> None:
    path = pack(folder, tmp_path / 'a.zip')
    path.write_bytes(path.read_bytes().replace(b'1111', b'0000', 1))
    assert 'cannot be read to its end' in error(path)


def test_page_instead_of_an_archive(tmp_path: Path) -> None:
    (tmp_path / 'a.tar').write_text('<html>404</html>')
    assert 'neither a tar nor a zip' in error(tmp_path / 'a.tar')


def test_nothing_there(tmp_path: Path) -> None:
    assert 'no such archive or folder' in error(tmp_path / 'a.tar')


def test_other_release(tmp_path: Path) -> None:
    (tmp_path / 'readme').touch()
    assert f'no {MARKER} in it' in error(tmp_path)


def test_all_missing_files_are_counted_and_ten_are_named(
        folder: Path) -> None:
    source = open_source(folder, MARKER)
    source.require(FILES)
    wanted = [*FILES, *(f'img/{number:02}.jpg' for number in range(12))]
    with pytest.raises(InputError, match=(
            r'12 files are missing: img/00.jpg, .*, img/09.jpg, …; ')):
        source.require(wanted)


def test_one_of_several_releases_is_to_be_named(tmp_path: Path) -> None:
    for name in ('VOC2007', 'VOC2012', 'old/VOC2012'):
        path = tmp_path / name / MARKER
        path.parent.mkdir(parents=True)
        path.write_text(name)
    assert 'several releases, VOC2007 and VOC2012; ' in error(tmp_path)
    source = open_source(tmp_path / 'VOC2012', MARKER)
    assert source.read_lines(MARKER) == ['VOC2012']


@pytest.mark.parametrize('name', ['a.tar', 'a.zip'])
@pytest.mark.parametrize('member', [
    '../evil', 'a/../../evil', '/tmp/evil', 'a\\..\\..\\evil'])
def test_member_that_leads_out_of_the_archive(
        folder: Path, tmp_path: Path, name: str, member: str) -> None:
    path = add_member(pack(folder, tmp_path / name), member)
    assert 'leads out of the folder' in error(path)


def test_links_in_an_archive_are_no_files(
        folder: Path, tmp_path: Path) -> None:
    (tmp_path / 'secret').write_text('secret')
    path = add_member(pack(folder, tmp_path / 'a.tar'), 'img/three.jpg',
                      link=str(tmp_path / 'secret'))
    assert 'img/three.jpg' not in open_source(path, MARKER).names


def test_list_of_another_encoding(tmp_path: Path) -> None:
    path = tmp_path / MARKER
    path.parent.mkdir()
    path.write_bytes('café'.encode('latin-1'))
    with pytest.raises(InputError, match='not UTF-8'):
        open_source(tmp_path, MARKER).read_lines(MARKER)
