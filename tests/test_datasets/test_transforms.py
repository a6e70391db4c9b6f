# Copyright (c) COMNet contributors. All rights reserved.
"""Loading of images and masks inside of a pipeline."""

from pathlib import Path

import mmcv
import numpy as np
import pytest
from mmcv.transforms import LoadImageFromFile
from mmseg.registry import TRANSFORMS

from comnet.datasets import LoadVOCImage, LoadVOCMask
from comnet.datasets.voc_folder import save_mask
from comnet.utils import InputError


def info(path: Path, **changes) -> dict:
    """Return what a data set hands to a pipeline for a 6 x 4 mask."""
    return dict(seg_map_path=str(path), num_classes=3, ori_shape=(4, 6),
                seg_fields=[]) | changes


@pytest.fixture
def mask_path(tmp_path: Path) -> Path:
    mask = np.zeros((4, 6), np.uint8)
    mask[1, 1:4] = (1, 2, 255)
    save_mask(tmp_path / 'a.png', mask)
    return tmp_path / 'a.png'


def test_image_is_that_of_mmcv(demo_root: Path) -> None:
    path = str(demo_root / 'JPEGImages/train_00000.jpg')
    ours = LoadVOCImage()(dict(img_path=path))
    theirs = LoadImageFromFile()(dict(img_path=path))
    assert ours['img_shape'] == theirs['img_shape'] == (72, 96)
    assert ours['ori_shape'] == theirs['ori_shape']
    assert ours['img'].dtype == np.uint8
    assert ours['img'].flags['C_CONTIGUOUS']
    # decoders of JPEG round differently
    difference = ours['img'].astype(int) - theirs['img']
    assert np.abs(difference).max() <= 6
    assert np.abs(difference - difference[..., ::-1]).max() <= 12
    reds = mmcv.bgr2rgb(theirs['img']).astype(int)
    assert np.abs(ours['img'] - reds).max() > 20  # BGR it is


def test_corrupt_image(tmp_path: Path) -> None:
    (tmp_path / 'a.jpg').write_bytes(b'\xff\xd8\xff broken')
    with pytest.raises(InputError, match='a.jpg: not a readable image'):
        LoadVOCImage()(dict(img_path=str(tmp_path / 'a.jpg')))


def test_mask_with_ignored_pixels(mask_path: Path) -> None:
    results = LoadVOCMask()(info(mask_path))
    assert results['seg_fields'] == ['gt_seg_map']
    assert results['gt_seg_map'].dtype == np.uint8
    assert results['gt_seg_map'][1].tolist() == [0, 1, 2, 255, 0, 0]


def test_mask_of_another_size_than_the_image(mask_path: Path) -> None:
    with pytest.raises(InputError, match=r'a.png: 6 x 4 pixels.*has 8 x 4'):
        LoadVOCMask()(info(mask_path, ori_shape=(4, 8)))


def test_mask_with_a_label_outside_of_the_classes(mask_path: Path) -> None:
    with pytest.raises(InputError, match='a.png: label 2, but there are 2'):
        LoadVOCMask()(info(mask_path, num_classes=2))


def test_mask_that_is_ignored_everywhere(tmp_path: Path) -> None:
    save_mask(tmp_path / 'a.png', np.full((4, 6), 255))
    results = LoadVOCMask()(info(tmp_path / 'a.png'))
    assert (results['gt_seg_map'] == 255).all()


@pytest.mark.parametrize('backend, kind', [
    ('comnet', InputError), ('cv2', AssertionError)])
def test_other_configs_of_mmseg_keep_their_loading(
        tmp_path: Path, backend: str, kind: type) -> None:
    (tmp_path / 'a.jpg').write_bytes(b'\xff\xd8\xff broken')
    step = TRANSFORMS.build(dict(
        type='LoadImageFromFile', imdecode_backend=backend))
    with pytest.raises(kind):
        step(dict(img_path=str(tmp_path / 'a.jpg')))


def test_image_that_is_loaded_already_is_kept() -> None:
    image = np.arange(24, dtype=np.uint8).reshape(2, 4, 3)
    results = LoadVOCImage()(dict(img=image))
    assert results['img'] is image
    assert results['img_shape'] == results['ori_shape'] == (2, 4)
