# Copyright (c) COMNet contributors. All rights reserved.
"""From MSRC-v2 and its cleaned-up ground truth to MSRC14."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from helpers.releases import add_member, pack, write_text
from helpers.tool_runner import error_of, run_tool
from PIL import Image
from scipy.io import savemat

from comnet.converters.msrc import (
    CLASSES,
    MSRC_CLASSES,
    convert_msrc,
    msrc14_mask,
)
from comnet.datasets import VOCLabelDataset
from comnet.datasets.voc_folder import (
    load_image,
    load_mask,
    read_classes,
    read_split,
)
from comnet.utils import InputError

TOOL = 'dataset_converters/msrc.py'
LISTS = 'ImageSets/Segmentation'


def test_classes_are_those_of_the_data_set(kit: Path) -> None:
    assert read_classes(kit / 'data/MSRC14') == CLASSES
    assert len(MSRC_CLASSES) == 23


@pytest.mark.parametrize('packed', ['.zip', '.tgz', None])
def test_raw_images_give_msrc14(kit: Path, tmp_path: Path,
                                packed: str | None) -> None:
    raw, given, root = kit / 'data/msrc_raw', kit / 'data/MSRC14', tmp_path / (
        'out')
    source = pack(raw, tmp_path / f'raw{packed}') if packed else raw
    assert convert_msrc(source, source, root, workers=1) == dict(
        train=3, val=0, trainval=3)
    ids = read_split(root, f'{LISTS}/trainval.txt')
    assert ids == ['5_1_s', '6_10_s', '9_2_s']
    made, expected = (
        {info['img_id']: info['gt_label'] for info in VOCLabelDataset(
            str(folder), f'{LISTS}/trainval.txt').load_data_list()}
        for folder in (root, given))
    assert made.items() <= expected.items()
    for image_id in ids:
        mask, image = f'SegmentationClass/{image_id}.png', (
            f'JPEGImages/{image_id}.jpg')
        assert np.array_equal(load_mask(root / mask), load_mask(given / mask))
        difference = np.subtract(load_image(root / image),
                                 load_image(given / image), dtype=int)
        assert np.abs(difference).mean() < 1  # JPEG libraries differ


def expected_mask(classes: np.ndarray) -> np.ndarray:
    """Follow the definition pixel by pixel.

    Args:
        classes: Index of each pixel's class in ``MSRC_CLASSES``, from 1; 0 is
            unlabelled.
    """
    names = np.array(['', *MSRC_CLASSES])[classes]
    names[(names == 'face') | (names == 'body')] = 'person'
    names[~np.isin(names, CLASSES)] = ''
    mask = np.zeros(classes.shape, np.uint8)
    for y, x in np.ndindex(*classes.shape):
        name = names[y, x]
        around = names[max(y - 1, 0):y + 2, max(x - 1, 0):x + 2]
        if (around != name).any() or name and (names == name).sum() < 200:
            mask[y, x] = 255
        elif name:
            mask[y, x] = CLASSES.index(name) + 1
    return mask


def test_mask_follows_the_definition() -> None:
    regions = np.ones((60, 80), np.uint8)
    regions[5:25, 5:25] = 2  # face
    regions[25:45, 5:25] = 3  # body below it: one person, no border
    regions[5:15, 40:59] = 4  # 190 pixels of a cat
    regions[30:40, 40:60] = 5  # 200 pixels of a dog
    regions[45:60, 60:80] = 6  # past the end of the labels
    regions[45:55, 30:50] = 255  # the largest number there can be
    names = ['grass', 'face', 'body', 'cat', 'dog']
    labels = np.array([[MSRC_CLASSES.index(name) + 1 for name in names]],
                      np.uint8)
    classes = np.zeros(256, int)
    classes[1:6] = labels
    classes = classes[regions]
    mask = msrc14_mask(regions, labels)
    assert np.array_equal(mask, expected_mask(classes))
    assert {*mask.flat} == {0, 255, *(CLASSES.index(name) + 1
                                      for name in ('person', 'dog'))}


@pytest.fixture
def release(tmp_path: Path) -> Path:
    """Return nine images: eight of sheep, one of grass alone."""
    folder = tmp_path / 'raw'
    for name in ('Images', 'newsegmentations_mats'):
        (folder / name).mkdir(parents=True)
    for number in range(1, 10):
        regions = np.ones((30, 40), np.uint8)
        regions[5:25, 5:25] = 2
        labels = (2, 2 if number == 9 else 6)
        savemat(folder / f'newsegmentations_mats/1_{number}_s_GT.mat',
                dict(newseg=regions, newlabels=np.array([labels], np.uint8)))
        Image.new('RGB', (40, 30), (number, 0, 0)).save(
            folder / f'Images/1_{number}_s.bmp')
    return folder


def test_every_fourth_image_is_for_validation(release: Path,
                                              tmp_path: Path) -> None:
    root = tmp_path / 'out'
    run = run_tool(TOOL, release, release, root, '--workers', 1)
    assert (run.code, run.err) == (0, '')
    ids = [f'1_{number}_s' for number in range(1, 9)]  # without grass
    for split, members in dict(train=ids[:3] + ids[4:7], val=ids[3::4],
                               trainval=ids).items():
        assert read_split(root, f'{LISTS}/{split}.txt') == members
    assert len(list((root / 'JPEGImages').iterdir())) == 8
    assert read_classes(root) == CLASSES


def test_lists_may_be_given(release: Path, tmp_path: Path) -> None:
    lists = tmp_path / 'lists'
    write_text(lists / 'train.txt', ['1_3_s', '1_1_s'])
    write_text(lists / 'val.txt', ['1_2_s'])
    root = tmp_path / 'out'
    convert_msrc(release, release, root, lists, workers=1)
    for split, members in dict(
            train=['1_3_s', '1_1_s'], val=['1_2_s'],
            trainval=['1_1_s', '1_2_s', '1_3_s']).items():
        assert read_split(root, f'{LISTS}/{split}.txt') == members

    write_text(lists / 'val.txt', ['1_2_s', '1_9_s'])
    assert 'val.txt: 1 images such as 1_9_s are not' in error_of(
        TOOL, release, release, root, '--lists', lists)


def test_run_that_was_cut_off_goes_on(release: Path, tmp_path: Path) -> None:
    root = tmp_path / 'out'
    convert_msrc(release, release, root, workers=1)
    for name in ('JPEGImages/1_2_s.jpg', 'Annotations/1_3_s.xml',
                 'SegmentationClass/1_3_s.png'):
        (root / name).unlink()
    kept = root / 'JPEGImages/1_1_s.jpg'
    kept.write_text('kept')
    convert_msrc(release, release, root, workers=1)
    assert kept.read_text() == 'kept'
    for folder in ('JPEGImages', 'Annotations', 'SegmentationClass'):
        assert len(list((root / folder).iterdir())) == 8


def test_image_that_is_missing(release: Path, tmp_path: Path) -> None:
    (release / 'Images/1_2_s.bmp').unlink()
    assert '1 files are missing: Images/1_2_s.bmp; ' in error_of(
        TOOL, release, release, tmp_path / 'out')


@pytest.mark.parametrize('name, problem', [
    ('Images/1_2_s.bmp', 'not a readable image'),
    ('newsegmentations_mats/1_2_s_GT.mat', 'not of the cleaned-up')])
def test_file_that_was_cut_off(release: Path, tmp_path: Path, name: str,
                               problem: str) -> None:
    path = release / name
    path.write_bytes(path.read_bytes()[:150])
    with pytest.raises(InputError, match=problem):
        convert_msrc(release, release, tmp_path / 'out', workers=1)
    assert not list((tmp_path / 'out' / LISTS).iterdir())


def test_image_of_another_size(release: Path, tmp_path: Path) -> None:
    Image.new('RGB', (30, 40)).save(release / 'Images/1_2_s.bmp')
    with pytest.raises(InputError, match='1_2_s.bmp: another size'):
        convert_msrc(release, release, tmp_path / 'out', workers=1)


def test_hostile_archive(release: Path, tmp_path: Path) -> None:
    path = pack(release, tmp_path / 'raw.tar')
    shutil.rmtree(release)
    add_member(path, '../../evil_GT.mat')
    with pytest.raises(InputError, match='leads out of the folder'):
        convert_msrc(path, path, tmp_path / 'out', workers=1)
    assert not list(tmp_path.rglob('*evil*'))
