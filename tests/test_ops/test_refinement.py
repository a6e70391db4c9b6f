# Copyright (c) COMNet contributors. All rights reserved.
"""What a setting ``crf`` stands for, and that pydensecrf may be missing."""

import sys

import numpy as np
import pytest

from comnet.ops import (
    crf_refine_probs,
    crf_settings,
    par_refine_probs,
    refine_probs,
    require_crf,
)
from comnet.utils import InputError


@pytest.fixture
def image() -> np.ndarray:
    return np.random.default_rng(0).integers(
        0, 256, (12, 16, 3), dtype=np.uint8)


@pytest.fixture
def probs() -> np.ndarray:
    return np.random.default_rng(1).dirichlet(
        [1, 1, 1], (12, 16)).transpose(2, 0, 1).astype(np.float32)


@pytest.mark.parametrize('crf', [None, False])
def test_neither(crf: bool | None) -> None:
    assert crf_settings(crf, 'crf') is None


@pytest.mark.parametrize('crf', [True, 'dense'])
def test_dense_crf_with_all_its_settings(
        image: np.ndarray, probs: np.ndarray, crf: bool | str) -> None:
    settings = crf_settings(crf, 'crf')
    assert isinstance(settings, dict)
    # DeepLab's: the appearance kernel is 67 pixels and 3 grey levels wide
    assert (settings['bilateral_sxy'], settings['bilateral_srgb']) == (67, 3)
    assert np.array_equal(refine_probs(image, probs, settings),
                          crf_refine_probs(image, probs))


def test_settings_of_a_config_are_completed() -> None:
    default = crf_settings(True, 'crf')
    assert isinstance(default, dict)
    assert crf_settings(dict(num_steps=3), 'crf') == {**default,
                                                      'num_steps': 3}


def test_pixel_adaptive_refinement(image: np.ndarray,
                                   probs: np.ndarray) -> None:
    settings = crf_settings('par', 'crf')
    assert settings == 'par'
    refined = refine_probs(image, probs, settings)
    assert np.array_equal(refined, par_refine_probs(image, probs))
    assert not np.allclose(refined, probs, atol=0.1)


@pytest.mark.parametrize('crf, message', [
    (dict(steps=3), 'crf.steps: no such setting; there are num_steps, '),
    (dict(num_steps=True), 'crf.num_steps is True; give a number'),
    ('labels', "crf is 'labels'; give True or 'dense', 'par', False, or a")])
def test_settings_that_are_none(crf: object, message: str) -> None:
    with pytest.raises(InputError, match=message):
        crf_settings(crf, 'crf')


@pytest.mark.parametrize('crf', [True, 'labels', 'scores', dict(num_steps=3)])
def test_missing_package_is_named_where_it_is_taken(
        monkeypatch: pytest.MonkeyPatch, crf: object) -> None:
    require_crf(crf)
    for name in ('pydensecrf', 'pydensecrf.densecrf', 'pydensecrf.utils'):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(InputError, match=r'pip install pydensecrf2.*par') as e:
        require_crf(crf)
    assert '\n' not in str(e.value)
    for other in (None, False, 'par'):
        require_crf(other)
