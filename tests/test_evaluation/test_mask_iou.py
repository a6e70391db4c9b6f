# Copyright (c) COMNet contributors. All rights reserved.
"""IoU of a folder of masks against a confusion matrix."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from comnet.datasets.voc_folder import save_mask
from comnet.evaluation import mask_iou, picture_iou
from comnet.utils import InputError

CLASSES = ('fish', 'house', 'nowhere')


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    """Write three masks and their truths of different size."""
    masks, truths = tmp_path / 'masks', tmp_path / 'truths'
    rng = np.random.default_rng(0)
    for name, size in (('a', (8, 9)), ('b', (5, 14)), ('c', (11, 6))):
        save_mask(masks / f'{name}.png', rng.integers(0, 3, size))
        save_mask(truths / f'{name}.png', rng.choice([0, 1, 2, 255], size))
    return masks, truths


def literal_iou(masks: Path, truths: Path, ids: str) -> list[float]:
    """Compute IoU of each label from sets of pixels."""
    found, true = (
        np.concatenate([np.array(Image.open(folder / f'{name}.png')).ravel()
                        for name in ids]) for folder in (masks, truths))
    found, true = found[true != 255], true[true != 255]
    return [100 * ((found == label) & (true == label)).sum()
            / ((found == label) | (true == label)).sum()
            for label in range(3)]


def test_equals_iou_of_sets_of_pixels(folders: tuple[Path, Path]) -> None:
    result = mask_iou(*folders, ['a', 'b', 'c'], CLASSES)
    expected = literal_iou(*folders, 'abc')
    assert result['num_images'] == 3
    assert result['mIoU'] == pytest.approx(np.mean(expected), abs=0.006)
    assert list(result['IoU']) == ['background', *CLASSES]
    assert list(result['IoU'].values())[:3] == pytest.approx(
        expected, abs=0.006)
    assert result['IoU']['nowhere'] is None


def test_true_masks_are_perfect(folders: tuple[Path, Path]) -> None:
    result = mask_iou(folders[1], folders[1], ['a', 'b', 'c'], CLASSES)
    assert result['mIoU'] == 100


def test_images_without_truth_are_left_out(
        folders: tuple[Path, Path]) -> None:
    (folders[1] / 'b.png').unlink()
    result = mask_iou(*folders, ['a', 'b', 'c'], CLASSES)
    assert result['num_images'] == 2
    assert result['mIoU'] == pytest.approx(
        np.mean(literal_iou(*folders, 'ac')), abs=0.006)


def test_no_truth_at_all(folders: tuple[Path, Path], tmp_path: Path) -> None:
    assert mask_iou(folders[0], tmp_path / 'none', ['a'], CLASSES) == dict(
        num_images=0)


def test_missing_mask(folders: tuple[Path, Path]) -> None:
    (folders[0] / 'b.png').unlink()
    with pytest.raises(InputError, match='masks/b.png: no such mask'):
        mask_iou(*folders, ['a', 'b'], CLASSES)


def test_mask_of_another_size(folders: tuple[Path, Path]) -> None:
    save_mask(folders[0] / 'a.png', np.zeros((9, 8)))
    with pytest.raises(InputError, match='masks/a.png: 8 x 9 pixels'):
        mask_iou(*folders, ['a'], CLASSES)


@pytest.mark.parametrize('which', [0, 1])
def test_label_outside_of_the_classes(
        folders: tuple[Path, Path], which: int) -> None:
    path = folders[which] / 'a.png'
    save_mask(path, np.full((8, 9), 4))
    with pytest.raises(InputError, match=f'{path}: label 4, but there are 4'):
        mask_iou(*folders, ['a'], CLASSES)


def test_pixels_without_a_label_are_misses(
        folders: tuple[Path, Path]) -> None:
    save_mask(folders[0] / 'a.png', [[0, 0, 255, 1]])
    save_mask(folders[1] / 'a.png', [[0, 0, 0, 1]])
    result = mask_iou(*folders, ['a'], CLASSES)
    assert result['IoU']['background'] == pytest.approx(66.67)
    assert result['IoU']['fish'] == 100


def test_each_pixel_of_a_large_set_counts(
        folders: tuple[Path, Path]) -> None:
    """In single precision 2 ** 24 + 1 is 2 ** 24."""
    for folder in folders:
        save_mask(folder / 'large.png', np.zeros((2**12, 2**12)))
    save_mask(folders[0] / 'wrong.png', [[1]])
    save_mask(folders[1] / 'wrong.png', [[0]])
    result = mask_iou(*folders, ['large', *['wrong'] * 4000], CLASSES)
    assert result['IoU']['background'] == round(
        100 * 2**24 / (2**24 + 4000), 2) < 100


def test_iou_of_a_picture_is_over_the_labels_in_it() -> None:
    """Background 1 of 2, fish 1 of 3, house 0 of 1, nothing of the fourth."""
    mask = np.array([[0, 0, 1, 1, 1]], np.uint8)
    truth = np.array([[0, 1, 1, 2, 255]], np.uint8)
    assert picture_iou(mask, truth, 4) == pytest.approx(
        100 * (1 / 2 + 1 / 3 + 0) / 3)
    assert np.isnan(picture_iou(mask, np.full_like(truth, 255), 4))
