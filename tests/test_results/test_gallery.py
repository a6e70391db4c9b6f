# Copyright (c) COMNet contributors. All rights reserved.
"""Which pictures a report shows."""

import pytest

from comnet.results.gallery import choose, rankings, spread

IDS = [f'{index:03}' for index in range(100)]


def test_spread_reaches_over_all() -> None:
    assert spread(IDS, 4) == ['000', '025', '050', '075']
    assert spread(IDS[:3], 4) == IDS[:3]
    assert spread(IDS, 0) == spread([], 3) == []
    assert len(set(spread(IDS, 70))) == 70
    assert spread(IDS, 70)[-1] > '095'


def test_orders_of_two_methods() -> None:
    scores = dict(plain=dict(a=50.0, b=10.0, c=70.0),
                  other=dict(a=0.0, b=0.0, c=0.0),
                  ours=dict(a=55.0, b=60.0, c=65.0))
    assert rankings(scores) == {
        'Highest gain of ours over plain': ['b', 'a', 'c'],
        'Median gain of ours over plain': ['a', 'c', 'b'],
        'Lowest gain of ours over plain': ['c', 'a', 'b'],
        'Highest IoU of ours': ['c', 'b', 'a'],
        'Median IoU of ours': ['b', 'a', 'c'],
        'Lowest IoU of ours': ['a', 'b', 'c']}


def test_one_method_gains_nothing() -> None:
    assert list(rankings(dict(plain=dict(a=1.0)))) == [
        'Highest IoU of plain', 'Median IoU of plain', 'Lowest IoU of plain']


@pytest.mark.parametrize('number, expected', [
    (2, dict(up=['000'], down=['099'])),
    (5, dict(up=['000', '001', '002'], down=['099', '098']))])
def test_orders_take_turns(number: int, expected: dict) -> None:
    orders = dict(up=IDS, down=IDS[::-1])
    assert choose(orders, number) == expected


def test_no_picture_is_chosen_twice() -> None:
    chosen = choose(dict(first=IDS[:3], same=IDS[:3]), 10)
    assert chosen == dict(first=['000', '002'], same=['001'])
    assert choose(dict(first=IDS[:1], same=IDS[:1]), 10) == dict(
        first=['000'])
