# Copyright (c) COMNet contributors. All rights reserved.
"""Settings that are chosen without a true mask."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from helpers.tiny import METHOD

from comnet.datasets.cam_file import CAMFile
from comnet.pipeline import plan, read_methods, tune
from comnet.pipeline.tuning import (
    WALKS,
    choose_labels,
    choose_walk,
)
from comnet.steps.cam_counts import cam_counts
from comnet.steps.walk_fits import THRESHOLDS, Walk, WalkFits
from comnet.utils import InputError


def found(**heights: float) -> WalkFits:
    """Return fits of 0.1, and of others by 'wBETA_STEPS_NORMALIZE'.

    They are best at 0.44, and scores are 0.105 or 0.595.
    """
    fits = np.full((len(WALKS), len(THRESHOLDS)), 0.1)
    counts = np.zeros((len(WALKS), 100), np.int64)
    counts[:, [10, 59]] = 50
    for name, height in heights.items():
        beta, num_steps, normalize = name.strip('w').split('_')
        place = WALKS.index(Walk(int(beta), int(num_steps), normalize))
        fits[place, 20:23] = height - 0.01, height, height - 0.02
    return WalkFits(fits, counts)


def values(found: WalkFits) -> tuple:
    return tuple(value for value, _ in choose_walk(found).values())


def test_walk_that_fits_best_is_chosen() -> None:
    tried = found(w5_16_mean=0.2, w20_64_mean=0.3, w10_256_maximum=0.25)
    # Otsu's is the lowest border between the scores
    assert values(tried) == (20, 64, 'mean', (0.44 + 0.11) / 2)
    reasons = [why for _, why in choose_walk(tried).values()]
    assert reasons == [
        *['fit 30.0%, with another 25.0% at most'] * 3,
        "midway of best fit (0.44) and Otsu's (0.11)"]


@pytest.mark.parametrize('rival, chosen', [
    (0.300, 64), (0.298, 64), (0.296, 256)])
def test_shorter_walk_will_do_where_a_longer_one_brings_little(
        rival: float, chosen: int) -> None:
    tried = found(w10_256_mean=0.3, w10_64_mean=rival)
    assert values(tried)[:2] == (10, chosen)


def test_of_walks_of_a_length_the_one_of_the_highest_power_will_do() -> None:
    tried = found(w5_64_mean=0.3, w10_64_mean=0.299, w20_64_mean=0.2)
    assert values(tried)[:2] == (10, 64)


@pytest.mark.parametrize('low, high', [(0.1, 0.5), (0.3, 0.9)])
def test_labels_part_high_cams_from_low_ones(
        tmp_path: Path, low: float, high: float) -> None:
    """Of an image without any class all positions are low."""
    chance = np.random.default_rng(0)
    for name, keys in (('object', [2, 5]), ('nothing', [])):
        maps = np.full((len(keys), 20, 30), low) + chance.normal(
            0, 0.03, (len(keys), 20, 30))
        maps[:1, 5:15, 5:15] += high - low
        CAMFile(np.array(keys, np.int64), maps.clip(0, 1), (80, 120)).save(
            tmp_path / f'{name}.npz')
    counts = cam_counts(tmp_path, ['object', 'nothing'])
    assert counts.sum() == 1200 and counts[0] >= 600
    (threshold, _), (half, _) = choose_labels(
        cam_counts(tmp_path, ['object'])).values()
    assert low + 0.05 < threshold < high - 0.05
    assert half == threshold / 2


@pytest.fixture
def config(tiny_configs: Path) -> Path:
    return tiny_configs / 'pipeline.py'


def test_what_is_chosen_is_taken_by_the_pipeline(
        config: Path, whole_way: Path) -> None:
    """And what was chosen before is what there is now."""
    choices = tune(config, whole_way, num_pictures=3)
    options = {each.setting: each.chosen for each in choices}
    settings = [each.split('.', 2)[2] for each in options]
    assert settings == [
        'affinity.fg_threshold', 'affinity.bg_threshold', 'pseudo.beta',
        'pseudo.num_steps', 'pseudo.normalize', 'pseudo.bg_threshold']
    method = read_methods(config, options, whole_way)[METHOD]
    assert method.built['pseudo'].beta == options[
        f'methods.{METHOD}.pseudo.beta']
    states = {one.name: one.state for one in plan(method)}
    assert states['cam'] == 'done' and states['pseudo'] == 'stale'
    again = tune(config, whole_way, options, num_pictures=3)
    assert [each.before for each in again[:2]] == [
        each.chosen for each in choices[:2]]


def test_walk_waits_for_its_irnet(
        config: Path, whole_way: Path, tmp_path: Path,
        capsys: pytest.CaptureFixture) -> None:
    work = tmp_path / 'work'
    shutil.copytree(whole_way, work)
    shutil.rmtree(work / METHOD / 'irnet')
    choices = tune(config, work, num_pictures=3)
    assert [each.setting.split('.')[2] for each in choices] == [
        'affinity', 'affinity']
    assert f'{METHOD}: pseudo waits for irnet\n' in capsys.readouterr().out


def test_run_without_cams_is_told(config: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match='no CAMs of this config are fini'):
        tune(config, tmp_path)


def test_number_of_pictures_is_checked(config: Path, whole_way: Path) -> None:
    with pytest.raises(InputError, match='num_pictures is 0; give 1 or more'):
        tune(config, whole_way, num_pictures=0)


def test_unknown_method_is_told(config: Path, whole_way: Path) -> None:
    with pytest.raises(InputError, match="no method 'a'; there are comnet"):
        tune(config, whole_way, methods=['a'])
