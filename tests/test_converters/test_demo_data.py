# Copyright (c) COMNet contributors. All rights reserved.
"""The generated data set: VOC layout, reproducible, never half written."""

from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from mmpretrain.datasets import VOC
from PIL import Image

from comnet.converters import demo_data
from comnet.converters.demo_data import make_demo_data
from comnet.converters.demo_looks import CLASSES
from comnet.utils import InputError

SIZE = (96, 72)
OPTIONS = dict(num_train=10, num_val=5, size=SIZE, seed=3)


@pytest.fixture(scope='module')
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out_dir = tmp_path_factory.mktemp('made') / 'demo'
    make_demo_data(out_dir, **OPTIONS)
    return out_dir


def _contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes()
            for path in sorted(folder.rglob('*')) if path.is_file()}


def _mask(root: Path, image_id: str) -> np.ndarray:
    return np.array(Image.open(root / 'SegmentationClass' / f'{image_id}.png'))


def _ids(root: Path, split: str) -> list[str]:
    lists = root / 'ImageSets' / 'Segmentation'
    return (lists / f'{split}.txt').read_text().split()


@pytest.mark.parametrize('split, number', [('train', 10), ('val', 5)])
def test_labels_of_mmpretrain_are_the_classes_in_the_masks(
        root: Path, split: str, number: int) -> None:
    classes = (root / 'classes.txt').read_text().split()
    dataset = VOC(
        data_root=str(root), split=split, metainfo=dict(classes=classes),
        image_set_path=f'ImageSets/Segmentation/{split}.txt')

    assert tuple(classes) == CLASSES
    assert len(dataset) == number
    for index in range(number):
        info = dataset.get_data_info(index)
        in_mask = set(np.unique(_mask(root, Path(info['img_path']).stem)))
        assert in_mask - {0, 255} == {label + 1 for label in info['gt_label']}
        assert info['gt_label_difficult'] == []


def test_every_class_is_in_every_split(root: Path) -> None:
    for split in ('train', 'val'):
        shown = [np.unique(_mask(root, image_id))
                 for image_id in _ids(root, split)]
        assert set(range(1, len(CLASSES) + 1)) <= set(np.concatenate(shown))


def test_splits_are_disjoint_and_trainval_joins_them(root: Path) -> None:
    train, val = _ids(root, 'train'), _ids(root, 'val')
    assert not set(train) & set(val)
    assert _ids(root, 'trainval') == train + val


def test_masks_are_palette_images_in_the_colours_of_voc(root: Path) -> None:
    image = Image.open(root / 'SegmentationClass' / 'train_00000.png')
    photo = Image.open(root / 'JPEGImages' / 'train_00000.jpg')

    assert image.mode == 'P'
    assert image.size == photo.size == SIZE
    palette = image.getpalette()
    # colours of the VOC development kit: background, 1, 2, 5, 255
    for label, colour in ((0, [0, 0, 0]), (1, [128, 0, 0]), (2, [0, 128, 0]),
                          (5, [128, 0, 128]), (255, [224, 224, 192])):
        assert palette[3 * label:3 * label + 3] == colour


def test_annotation_has_the_fields_of_voc(root: Path) -> None:
    tree = ElementTree.parse(root / 'Annotations' / 'val_00001.xml')
    assert tree.findtext('filename') == 'val_00001.jpg'
    assert [tree.findtext(f'size/{tag}') for tag in (
        'width', 'height', 'depth')] == ['96', '72', '3']
    objects = tree.findall('object')
    assert objects
    for node in objects:
        assert node.findtext('difficult') == '0'
        left, top, right, bottom = (
            int(node.findtext(f'bndbox/{tag}'))
            for tag in ('xmin', 'ymin', 'xmax', 'ymax'))
        assert 1 <= left < right <= 96
        assert 1 <= top < bottom <= 72


def test_same_seed_same_bytes_other_seed_other_scenes(
        root: Path, tmp_path: Path) -> None:
    make_demo_data(tmp_path / 'again', **OPTIONS)
    assert _contents(tmp_path / 'again') == _contents(root)

    make_demo_data(tmp_path / 'other' / 'demo', **{**OPTIONS, 'seed': 4})
    image = 'JPEGImages/train_00000.jpg'
    assert (_contents(tmp_path / 'other' / 'demo')[image]
            != _contents(root)[image])


def test_a_scene_does_not_depend_on_the_number_of_scenes(
        root: Path, tmp_path: Path) -> None:
    make_demo_data(tmp_path / 'demo', **{**OPTIONS, 'num_train': 1})
    for image in ('JPEGImages/train_00000.jpg', 'JPEGImages/val_00004.jpg'):
        assert (_contents(tmp_path / 'demo')[image]
                == _contents(root)[image])


def test_finished_folder_is_left_alone(
        tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    make_demo_data(tmp_path / 'demo', **OPTIONS)
    (tmp_path / 'demo' / 'classes.txt').write_text('touched')
    capsys.readouterr()

    make_demo_data(tmp_path / 'demo', **OPTIONS)

    assert (tmp_path / 'demo' / 'classes.txt').read_text() == 'touched'
    assert 'already' in capsys.readouterr().out


def test_folder_of_someone_else_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / 'notes.txt').write_text('mine')
    with pytest.raises(InputError, match='not a demo data set'):
        make_demo_data(tmp_path, **OPTIONS)
    assert _contents(tmp_path) == {'notes.txt': b'mine'}


def test_folder_of_other_options_is_not_overwritten(tmp_path: Path) -> None:
    small = dict(OPTIONS, num_train=1, num_val=1)
    make_demo_data(tmp_path / 'demo', **small)
    before = _contents(tmp_path / 'demo')
    with pytest.raises(InputError, match='other options'):
        make_demo_data(tmp_path / 'demo', **OPTIONS)
    assert _contents(tmp_path / 'demo') == before


def test_folder_below_a_file_is_refused_in_one_line(tmp_path: Path) -> None:
    (tmp_path / 'file').write_text('')
    with pytest.raises(InputError, match='choose another folder'):
        make_demo_data(tmp_path / 'file' / 'demo', **OPTIONS)


def test_cut_off_run_leaves_no_data_set(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save_mask, calls = demo_data.save_mask, []

    def fail_at_third(path: Path, mask: np.ndarray) -> None:
        calls.append(path)
        if len(calls) == 3:
            raise KeyboardInterrupt
        save_mask(path, mask)

    monkeypatch.setattr(demo_data, 'save_mask', fail_at_third)
    with pytest.raises(KeyboardInterrupt):
        make_demo_data(tmp_path / 'demo', **OPTIONS)
    assert not (tmp_path / 'demo').exists()

    monkeypatch.undo()
    make_demo_data(tmp_path / 'demo', **OPTIONS)
    assert len(_ids(tmp_path / 'demo', 'trainval')) == 15


@pytest.mark.parametrize('wrong', [
    dict(num_train=0), dict(num_val=0), dict(size=(32, 24)), dict(seed=-1)])
def test_options_out_of_range(tmp_path: Path, wrong: dict) -> None:
    with pytest.raises(InputError) as error:
        make_demo_data(tmp_path / 'demo', **{**OPTIONS, **wrong})
    assert '\n' not in str(error.value)
    assert not (tmp_path / 'demo').exists()
