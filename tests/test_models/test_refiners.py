# Copyright (c) COMNet contributors. All rights reserved.
"""Refiners: by a config, on stacks of maps, and of a user's own."""

import pickle
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from comnet.models.refiners import (
    PAR,
    DeepLabCRF,
    DenseCRF,
    Refiner,
    build_refiner,
)
from comnet.ops import pseudo_mask
from comnet.registry import REFINERS
from comnet.utils import InputError

AFA = PAR(power=1, num_steps=15, color_width=0.3)
ALL = [DenseCRF(), DenseCRF(gt_prob=None, power=4), DeepLabCRF(), AFA]
OWN = '''
from dataclasses import dataclass
from comnet.models.refiners import Refiner
from comnet.registry import REFINERS

@REFINERS.register_module()
@dataclass(frozen=True)
class Darkness(Refiner):
    """Objects are where it is darker than a limit."""
    limit: float

    def __call__(self, image, weights):
        dark = image.mean(2) < self.limit
        return weights * [[~dark, dark]]
'''


@pytest.fixture
def image() -> np.ndarray:
    """An image (24, 32, 3), green left of column 16 and red from there on.

    With some noise: in a flat area PAR's neighbours weigh all the same.
    """
    image = np.full((24, 32, 3), (20, 200, 20), dtype=np.uint8)
    image[:, 16:] = (200, 20, 20)
    return image + np.random.default_rng(0).integers(
        0, 8, image.shape, dtype=np.uint8)


@pytest.fixture
def late() -> np.ndarray:
    """Weights (1, 2, 24, 32) of green and red, two columns too late."""
    red = np.where(np.arange(32) < 18, 0.3, 0.7).astype(np.float32)
    return np.tile(np.stack([1 - red, red])[None, :, None], (1, 1, 24, 1))


@pytest.mark.parametrize('refiner', ALL)
def test_maps_follow_the_colours(refiner: Refiner, image: np.ndarray,
                                 late: np.ndarray) -> None:
    before = late.copy()
    refined = refiner(image[:, ::-1], late[..., ::-1])[..., ::-1]
    assert refined.dtype == np.float32 and refined.shape == late.shape
    np.testing.assert_allclose(refined.sum(1), 1, rtol=1e-5)
    assert (refined.argmax(1) == (np.arange(32) >= 16)).all()
    assert np.array_equal(late, before)


@pytest.mark.parametrize('refiner', ALL)
def test_stacks_have_the_image_in_common_alone(
        refiner: Refiner, image: np.ndarray, late: np.ndarray) -> None:
    together = refiner(image, np.concatenate([late, late[:, ::-1]]))
    assert np.array_equal(together[:1], refiner(image, late))
    assert np.array_equal(together[1:], refiner(image, late[:, ::-1]))
    assert not np.array_equal(*together)


@pytest.mark.parametrize('refiner', ALL)
def test_shares_alone_count(refiner: Refiner, image: np.ndarray,
                            late: np.ndarray) -> None:
    tiny = late * np.float32(1e-9)
    assert np.allclose(refiner(image, tiny), refiner(image, late), atol=1e-5)


@pytest.mark.parametrize('refiner', ALL)
def test_one_label_stays(refiner: Refiner, image: np.ndarray) -> None:
    np.testing.assert_allclose(
        refiner(image, np.full((2, 1, 24, 32), 0.3)), 1, rtol=1e-5)


@pytest.mark.parametrize('name', ['5_1_s', '9_2_s'])
def test_dense_crf_equals_irn(kit: Path, name: str) -> None:
    oracle = np.load(kit / 'oracle' / 'irn_crf.npz')
    path = kit / 'data' / 'MSRC14' / 'JPEGImages' / f'{name}.jpg'
    image = cv2.cvtColor(cv2.imread(str(path)), cv2.COLOR_BGR2RGB)
    labels, expected = oracle[f'{name}_label'], oracle[f'{name}_refined']
    result = DenseCRF()(image, np.stack(
        [labels == 0, labels == 1])[None].astype(np.float32))
    assert (result[0].argmax(0) == expected).mean() >= 0.995
    assert (labels == expected).mean() < 0.98  # it has something to do


@pytest.mark.parametrize(('left', 'right', 'label'), [
    (0.01, 0.22, 0), (0.18, 0.95, 2)])
def test_the_surer_half_of_a_colour_decides(
        image: np.ndarray, left: float, right: float, label: int) -> None:
    weights = np.full((1, 3, 24, 32), 0.01, dtype=np.float32)
    weights[0, 0] = 0.20
    weights[0, 2, :, :8], weights[0, 2, :, 8:16] = left, right
    weights[0, 1, :, 16:] = 0.6
    refiner = DenseCRF(gt_prob=None, power=4, num_steps=3, bilateral_sxy=30,
                       bilateral_srgb=8, bilateral_compat=8)
    result = refiner(image, weights)[0].argmax(0)
    assert (result == np.where(np.arange(32) < 16, label, 1)).all()


def test_par_compares_scores_with_the_background(image: np.ndarray) -> None:
    weights = np.stack([np.full(32, 0.4),
                        np.where(np.arange(32) < 14, 0.8, 0.1),
                        np.where(np.arange(32) < 17, 0.1, 0.2)])
    weights = np.tile(weights[None, :, None], (2, 1, 24, 1))
    weights[1, 0] = 0.15
    first, second = PAR()(image, weights).argmax(1)
    assert (first == np.where(np.arange(32) < 16, 1, 0)).all()
    assert (second == np.where(np.arange(32) < 16, 1, 2)).all()


@pytest.mark.parametrize('kind', [DeepLabCRF, PAR])
def test_no_steps_leave_shares_to_a_power(
        kind: type, image: np.ndarray) -> None:
    weights = 3 * np.random.default_rng(0).random((2, 3, 24, 32))
    expected = weights**2 / (weights**2).sum(1, keepdims=True)
    result = kind(power=2, num_steps=0)(image, weights)
    np.testing.assert_allclose(result, expected, atol=1e-4)


def test_pixel_without_any_weight(image: np.ndarray) -> None:
    for refiner in (PAR(), DeepLabCRF()):
        with pytest.raises(InputError, match='give the background one, bg_th'):
            refiner(image, np.zeros((1, 2, 24, 32)))


def test_refiners_by_a_config() -> None:
    assert build_refiner(None) is None
    assert build_refiner('DenseCRF') == DenseCRF()
    built = build_refiner(dict(type='PAR', dilations=[1, 5], power=1))
    assert built == PAR(dilations=(1, 5), power=1)
    for each in ALL:
        assert build_refiner(each.settings) == each
        assert pickle.loads(pickle.dumps(each)) == each


@pytest.mark.parametrize('refine, message', [
    ('CRF', "walk.refine.type is 'CRF'; there are .*DeepLabCRF, Dens"),
    (dict(num_steps=3), 'walk.refine.type is None; there are'),
    (True, 'walk.refine is True; give a name or a dict'),
    (dict(type='PAR', steps=3), 'walk.refine.steps: no such setting; there'),
    (dict(type='PAR', power='2'), "walk.refine.power is '2'; give a number"),
    (dict(type='PAR', power=0), 'walk.refine.power is 0; give one above 0'),
    (dict(type='PAR', dilations=[]), r'dilations is \[\]; give a list'),
    (dict(type='DenseCRF', num_steps=2.5), 'steps is 2.5; give a whole numbe'),
    (dict(type='DenseCRF', num_steps=True), 'steps is True; give a whole'),
    (dict(type='DenseCRF', gt_prob=1),
     'gt_prob is 1; give one above 0 and below 1'),
    (dict(type='DenseCRF', power=4), 'power is 4; it takes gt_prob=None')])
def test_settings_without_a_meaning(refine: object, message: str) -> None:
    with pytest.raises(InputError, match=message) as error:
        build_refiner(refine, 'walk.refine')
    assert '\n' not in str(error.value)


def test_missing_package_is_named_where_it_is_taken(
        monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ('pydensecrf', 'pydensecrf.densecrf'):
        monkeypatch.setitem(sys.modules, name, None)
    for refiner in (DenseCRF(), DeepLabCRF()):
        with pytest.raises(InputError, match='pip install pydensecrf2.*PAR'):
            refiner.require()
    PAR().require()


def test_refiner_of_ones_own(tmp_path: Path,
                             monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that a config's ``custom_imports`` names, and one line."""
    (tmp_path / 'my_darkness.py').write_text(OWN)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(REFINERS, '_module_dict', {**REFINERS.module_dict})
    with pytest.raises(InputError, match="type is 'Darkness'"):
        build_refiner('Darkness')
    import my_darkness  # noqa: F401  # type: ignore[import-not-found]
    with pytest.raises(InputError, match='refine.limit is missing; set it'):
        build_refiner('Darkness')
    refiner = build_refiner(dict(type='Darkness', limit=100))
    assert refiner is not None
    assert refiner.settings == dict(type='Darkness', limit=100)
    refiner.require()
    image = np.full((2, 3, 3), (20, 200, 90), np.uint8)
    image[:, 2] = 5
    scores = np.array([[[0.1, 0.9, 0.1]] * 2])
    mask = pseudo_mask(scores, np.array([6]), 0.5, image, refiner)
    assert mask.tolist() == [[0, 0, 7]] * 2
