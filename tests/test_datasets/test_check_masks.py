# Copyright (c) COMNet contributors. All rights reserved.
"""A check of all masks of a training, before it begins."""

from pathlib import Path
from unittest import mock

import numpy as np
import pytest
from PIL import Image

from comnet.apis import train
from comnet.datasets.check_masks import check_masks
from comnet.datasets.decoding import upright_size
from comnet.datasets.voc_folder import load_image, save_mask
from comnet.utils import InputError

LIST = 'list.txt'
IDS = [f'cats/{index:02d}' for index in range(14)]
SIZE = (24, 32)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return 14 pictures with masks of two classes and of what is ignored."""
    (tmp_path / 'JPEGImages/cats').mkdir(parents=True)
    (tmp_path / 'classes.txt').write_text('cat\ncow\n')
    (tmp_path / LIST).write_text('\n'.join(IDS))
    mask = np.zeros(SIZE, np.uint8)
    mask[:8], mask[8:16], mask[16:20] = 1, 2, 255
    for image_id in IDS:
        Image.new('RGB', SIZE[::-1]).save(
            tmp_path / f'JPEGImages/{image_id}.jpg')
        save_mask(tmp_path / f'masks/{image_id}.png', mask)
    return tmp_path


def test_good_masks_pass(root: Path) -> None:
    check_masks(root, LIST, 'masks')
    check_masks(root, LIST, root / 'masks')


@pytest.mark.parametrize('label', [0, 255])
def test_masks_of_which_nothing_can_be_learnt_are_refused(
        root: Path, label: int) -> None:
    for image_id in IDS:
        save_mask(root / f'masks/{image_id}.png',
                  np.full(SIZE, label, np.uint8))
    with pytest.raises(InputError, match='none of its 14 masks shows a class'):
        check_masks(root, LIST, 'masks')


def test_masks_without_a_class_are_counted(
        root: Path) -> None:
    for image_id in IDS[:3]:
        save_mask(root / f'masks/{image_id}.png', np.zeros(SIZE, np.uint8))
    said: list[str] = []
    with mock.patch('comnet.datasets.check_masks.print_log',
                    lambda text, _: said.append(text)):
        check_masks(root, LIST, 'masks')
    assert said == [f'{root}/masks: 3 of 14 masks show no class']


def test_all_kinds_of_faults_are_told_at_once(root: Path) -> None:
    masks = root / 'masks/cats'
    (masks / '00.png').unlink()
    save_mask(masks / '02.png', np.zeros((32, 24), np.uint8))
    save_mask(masks / '03.png', np.full(SIZE, 3, np.uint8))
    Image.new('RGB', SIZE[::-1]).save(masks / '05.png')
    (masks / '07.png').write_bytes(b'no picture')
    with pytest.raises(InputError) as caught:
        check_masks(root, LIST, 'masks')
    text = str(caught.value)
    assert '\n' not in text
    assert '5 of 14 masks are no good (cats/00: no such mask, ' in text
    for fault in ('cats/02: 24 x 32 pixels, its image has 32 x 24, ',
                  'cats/03: label 3, but there are 3 classes',
                  'cats/05: mode RGB', 'cats/07: not a readable mask'):
        assert fault in text
    assert text.count('cats/') == 5 + text.count(str(masks / '07.png'))


def test_of_many_the_first_ten_are_told(root: Path) -> None:
    for image_id in IDS[1:]:
        save_mask(root / f'masks/{image_id}.png', np.full(SIZE, 9, np.uint8))
    with pytest.raises(InputError) as caught:
        check_masks(root, LIST, 'masks')
    text = str(caught.value)
    assert '13 of 14 masks are no good' in text and ', …)' in text
    assert text.count('label 9') == 10
    assert 'cats/10: ' in text and 'cats/11: ' not in text


def test_no_folder(root: Path) -> None:
    with pytest.raises(InputError, match='nowhere: no such folder of masks'):
        check_masks(root, LIST, 'nowhere')


@pytest.mark.parametrize('orientation', range(1, 9))
def test_size_is_that_of_the_upright_picture(tmp_path: Path,
                                             orientation: int) -> None:
    exif = Image.Exif()
    exif[0x112] = orientation
    path = tmp_path / 'a.jpg'
    Image.new('RGB', (20, 10)).save(path, exif=exif)
    assert upright_size(path) == load_image(path).shape[:2]


def test_training_does_not_begin(demo_root: Path, tiny_configs: Path,
                                 tmp_path: Path) -> None:
    (tmp_path / 'masks').mkdir()
    with pytest.raises(InputError, match='12 of 12 masks are no good'):
        train(tiny_configs / 'segmentor.py', tmp_path / 'work', {
            'data_root': str(demo_root), 'pretrained': None,
            'mask_dir': tmp_path / 'masks'})
    assert not (tmp_path / 'work').exists()
