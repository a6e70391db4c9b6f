# Copyright (c) COMNet contributors. All rights reserved.
"""Pictures are found by id, whatever their suffix and folder."""

import os
from pathlib import Path

import pytest

from comnet.datasets.picture_files import (
    all_pictures,
    find_pictures,
    id_of_name,
    id_of_path,
)
from comnet.utils import InputError

NAMES = ['a.jpg', 'b.JPEG', 'c.Png', 'cats/001.webp', 'cats/002.tif',
         'x/y/my cat.bmp', 'v1.2.tiff']
IDS = ['a', 'b', 'c', 'cats/001', 'cats/002', 'v1.2', 'x/y/my cat']


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in (*NAMES, 'notes.txt', 'cats/Thumbs.db'):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return tmp_path


def test_picture_of_each_id(folder: Path) -> None:
    found = find_pictures(folder, IDS)
    assert sorted(str(path.relative_to(folder)) for path in found.values()
                  ) == sorted(NAMES)
    assert all_pictures(folder) == found
    assert list(all_pictures(folder)) == IDS  # sorted


def test_each_folder_is_listed_once(
        folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    listed = []
    scandir = os.scandir
    monkeypatch.setattr(
        os, 'scandir', lambda path: listed.append(path) or scandir(path))
    find_pictures(folder, IDS)
    assert len(listed) == 3


@pytest.mark.parametrize('image_id', ['d', 'dogs/001', 'notes', 'A'])
def test_missing_picture(folder: Path, image_id: str) -> None:
    with pytest.raises(InputError, match=f'{image_id}.jpg: no such image'):
        find_pictures(folder, ['a', image_id])


def test_two_pictures_of_one_id(folder: Path) -> None:
    (folder / 'cats/001.jpg').touch()
    for find in (lambda: find_pictures(folder, IDS),
                 lambda: all_pictures(folder)):
        with pytest.raises(InputError) as caught:
            find()
        assert str(caught.value).startswith(f'{folder}/cats/001.jpg: has the '
                                            'same id as 001.webp; ')
    assert set(find_pictures(folder, ['a'])) == {'a'}  # it is not asked for


def test_missing_or_empty_folder(tmp_path: Path) -> None:
    with pytest.raises(InputError, match='nowhere: no such folder'):
        find_pictures(tmp_path / 'nowhere', ['a'])
    with pytest.raises(InputError, match='no pictures'):
        all_pictures(tmp_path)


def test_hidden_files_and_folders_are_none(folder: Path) -> None:
    for name in ('._a.jpg', '.ipynb_checkpoints/a.jpg', '__MACOSX/._a.jpg',
                 '@eaDir/a.jpg/thumb.jpg'):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    (folder / 'x/again').symlink_to(folder)  # a folder in itself
    assert list(all_pictures(folder)) == IDS


def test_accents_of_macs(folder: Path) -> None:
    (folder / 'cafe\u0301.jpg').touch()
    assert find_pictures(folder, ['caf\xe9'])['caf\xe9'].is_file()


@pytest.mark.parametrize('name, image_id', [
    ('001', '001'), ('001.jpg', '001'), (' ./cats/001.JPG ', 'cats/001'),
    ('cats\\001.png', 'cats/001'), ('v1.2', 'v1.2'), ('v1.2.tif', 'v1.2')])
def test_id_that_a_name_means(name: str, image_id: str) -> None:
    assert id_of_name(name) == image_id


@pytest.mark.parametrize('path, image_id', [
    ('data/JPEGImages/001.jpg', '001'),
    ('/data/JPEGImages/cats/001.jpg', 'cats/001'),
    ('elsewhere/001.jpg', '001')])
def test_id_of_a_picture_s_path(path: str, image_id: str) -> None:
    assert id_of_path(path) == image_id
