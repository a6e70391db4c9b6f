# Copyright (c) COMNet contributors. All rights reserved.
"""Everything that can be wrong with a folder is told in one line."""

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from mmpretrain.datasets.categories import VOC2007_CATEGORIES
from mmseg.datasets import PascalVOCDataset
from PIL import Image

from comnet.datasets.voc_folder import (
    load_image,
    load_mask,
    read_annotation,
    read_classes,
    read_split,
    require_files,
    save_mask,
    voc_palette,
)
from comnet.utils import InputError

TRAIN = 'ImageSets/Segmentation/train.txt'


@pytest.fixture
def root(demo_root: Path, tmp_path: Path) -> Path:
    """Return a copy of the data set that a test may break."""
    return Path(shutil.copytree(demo_root, tmp_path / 'demo'))


def assert_one_line(call: Callable[[], object], path: Path,
                    problem: str) -> None:
    """Check for an error that begins with a path and tells a problem."""
    with pytest.raises(InputError) as caught:
        call()
    message = str(caught.value)
    assert message.startswith(f'{path}: ')
    assert problem in message
    assert '\n' not in message
    assert ';' in message  # what to do stands behind it


def test_classes_of_the_folder(root: Path) -> None:
    (root / 'classes.txt').write_text('cat\n\n  traffic light \n')
    assert read_classes(root) == ('cat', 'traffic light')


def test_classes_of_voc_where_the_folder_names_none(root: Path) -> None:
    (root / 'classes.txt').unlink()
    assert read_classes(root) == tuple(VOC2007_CATEGORIES)
    assert len(read_classes(root)) == 20


@pytest.mark.parametrize('text, problem', [
    ('', 'empty'),
    ('cat\ndog\ncat\n', 'twice'),
    ('\n'.join(f'class{i}' for i in range(255)), '255 classes'),
])
def test_wrong_classes(root: Path, text: str, problem: str) -> None:
    path = root / 'classes.txt'
    path.write_text(text)
    assert_one_line(lambda: read_classes(root), path, problem)


def test_missing_folder(tmp_path: Path) -> None:
    folder = tmp_path / 'nowhere'
    assert_one_line(lambda: read_classes(folder), folder, 'no such')


@pytest.mark.parametrize('name, read', [
    ('classes.txt', read_classes),
    (TRAIN, lambda root: read_split(root, TRAIN))])
def test_text_of_another_encoding(root: Path, name: str,
                                  read: Callable) -> None:
    (root / name).write_bytes('café\n'.encode('latin-1'))
    assert_one_line(lambda: read(root), root / name, 'not UTF-8')


def test_split_may_come_from_windows(root: Path) -> None:
    (root / TRAIN).write_bytes(b'\xef\xbb\xbfone\r\ntwo\r\n\r\n')
    assert read_split(root, TRAIN) == ['one', 'two']


def test_ids_may_have_folders_and_blanks(root: Path) -> None:
    (root / TRAIN).write_text('cats/001\nmy cat (2)\n')
    assert read_split(root, TRAIN) == ['cats/001', 'my cat (2)']


@pytest.mark.parametrize('image_id', ['/etc/001', '../001', 'a/../../b'])
def test_ids_stay_in_their_folder(root: Path, image_id: str) -> None:
    (root / TRAIN).write_text(image_id)
    assert_one_line(lambda: read_split(root, TRAIN), root / TRAIN,
                    'not below JPEGImages')


def test_missing_split(root: Path) -> None:
    (root / TRAIN).unlink()
    assert_one_line(lambda: read_split(root, TRAIN), root / TRAIN,
                    'no such split')


def test_empty_split(root: Path) -> None:
    (root / TRAIN).write_text('\n')
    assert_one_line(lambda: read_split(root, TRAIN), root / TRAIN, 'empty')


def test_first_missing_file_is_named(root: Path) -> None:
    folder = root / 'JPEGImages'
    assert_one_line(
        lambda: require_files(folder, ['train_00001', 'a', 'b'], '.jpg', 'im'),
        folder / 'a.jpg', 'no such im')


def test_missing_folder_of_files(root: Path) -> None:
    folder = root / 'CAMs'
    assert_one_line(lambda: require_files(folder, ['a'], '.npz', 'CAM file'),
                    folder, 'no such folder of CAM files')


@pytest.mark.parametrize('text, problem', [
    ('<annotation><object>', 'not valid XML'),
    ('', 'not valid XML'),
    ('<annotation><object/></annotation>', 'an object without a name'),
])
def test_wrong_annotation(root: Path, text: str, problem: str) -> None:
    path = root / 'Annotations/train_00002.xml'
    path.write_text(text)
    assert_one_line(lambda: read_annotation(path), path, problem)


def test_missing_annotation(tmp_path: Path) -> None:
    path = tmp_path / 'a.xml'
    assert_one_line(lambda: read_annotation(path), path, 'no such annotation')


def test_labels_are_sorted_and_count_once(tmp_path: Path) -> None:
    path = tmp_path / 'a.xml'
    names = ('dog', 'cat', 'dog')
    path.write_text('<annotation>' + ''.join(
        f'<object><name> {name} </name><difficult>1</difficult>'
        '<part><name>head</name></part></object>'
        for name in names) + '</annotation>')
    assert read_annotation(path) == ['cat', 'dog']


@pytest.mark.parametrize('name', [
    'JPEGImages/train_00004.jpg', 'SegmentationClass/train_00004.png'])
@pytest.mark.parametrize('keep', [0.0, 0.5, None])
def test_corrupt_file(root: Path, name: str, keep: float | None) -> None:
    path = root / name
    data = path.read_bytes()
    path.write_bytes(b'no picture at all' if keep is None
                     else data[:int(keep * len(data))])
    load = load_mask if name.startswith('Segmentation') else load_image
    assert_one_line(lambda: load(path), path, 'not a readable')


def test_mask_of_colours(root: Path) -> None:
    path = root / 'SegmentationClass/train_00000.png'
    Image.open(path).convert('RGB').save(path)
    assert_one_line(lambda: load_mask(path), path, 'mode RGB')


def test_missing_image(tmp_path: Path) -> None:
    path = tmp_path / 'a.jpg'
    assert_one_line(lambda: load_image(path), path, 'no such image')
    assert_one_line(lambda: load_mask(path), path, 'no such mask')


def test_mask_is_read_as_written(tmp_path: Path) -> None:
    mask = np.arange(256, dtype=np.uint8).reshape(16, 16)
    save_mask(tmp_path / 'new' / 'a.png', mask)
    assert np.array_equal(load_mask(tmp_path / 'new' / 'a.png'), mask)


def test_written_mask_has_the_colours_of_voc(tmp_path: Path) -> None:
    mask = np.arange(256, dtype=np.uint8).reshape(16, 16)
    save_mask(tmp_path / 'a.png', mask)
    colours = np.array(Image.open(tmp_path / 'a.png').convert('RGB'))
    assert np.array_equal(colours.reshape(256, 3), voc_palette(256))


def test_palette_is_that_of_mmseg() -> None:
    assert voc_palette(21) == PascalVOCDataset.METAINFO['palette']
