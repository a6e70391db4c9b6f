# Copyright (c) COMNet contributors. All rights reserved.
"""Each class has its share of the validation images."""

from collections import Counter

import numpy as np
import pytest

from comnet.converters.stratified_split import stratified_split, without_val
from comnet.utils import InputError

FREQUENT = np.geomspace(0.5, 0.01, 8)  # share of the images, a class


def draw(number: int, seed: int) -> dict[str, list[str]]:
    """Draw images of several classes, some of none."""
    shown = np.random.default_rng(seed).random((number, 8)) < FREQUENT
    return {f'{index:04d}': [f'class {label}' for label in row.nonzero()[0]]
            for index, row in enumerate(shown)}


def groups(rows: dict[str, list[str]], ids: list[str]) -> Counter:
    """Count images by class, and by their number of classes."""
    return Counter(group for image_id in ids for group in (
        *rows[image_id], len(rows[image_id])))


@pytest.mark.parametrize('share', [0.1, 0.2, 0.5])
@pytest.mark.parametrize('seed', range(5))
def test_each_group_has_its_share(share: float, seed: int) -> None:
    """Within four images; by chance class 0 strays by six to ten."""
    rows = draw(800, seed)
    split = stratified_split(rows, share, seed)
    assert len(split['val']) == round(800 * share)
    assert sorted(split['train'] + split['val']) == sorted(rows)
    found = groups(rows, split['val'])
    for group, count in groups(rows, list(rows)).items():
        if isinstance(group, int) or count * (1 - share) >= 2:
            assert abs(found[group] - share * count) <= 4, group


def test_two_training_images_of_a_class_are_left() -> None:
    rows = {f'{index}': ['cat'] for index in range(20)}
    rows |= dict(x=['dog', 'cat'], y=['dog'], z=['cow'])
    split = stratified_split(rows, 0.9, 0)
    assert Counter(name for image_id in split['train']
                   for name in rows[image_id]) == dict(cat=2, dog=2, cow=1)
    assert [*without_val(rows, split['val'])] == [
        'classes without a validation image: cow (1), dog (2); two are kept '
        'to train on, add pictures, or raise val_share']


def test_seed_draws_among_equal_images() -> None:
    rows = {f'{index}': ['cat'] for index in range(40)}
    first, again, other = (
        stratified_split(rows, 0.25, seed)['val'] for seed in (0, 0, 1))
    assert first == again != other


def test_no_image_can_be_spared() -> None:
    with pytest.raises(InputError, match='no image can be spared'):
        stratified_split(dict(a=['cat'], b=['cat']), 0.5, 0)
