# Copyright (c) COMNet contributors. All rights reserved.
"""Types and limits of settings, told by the fields of a dataclass."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pytest

from comnet.utils import InputError, schema


@dataclass
class Settings:
    share: float = schema.share(0.5)
    length: int | None = schema.number(3, above=0)
    angle: float = schema.number(0, at_least=-90, below=90)
    kind: Literal['soft', 'hard'] = 'soft'
    sizes: tuple[int, ...] = (1, 2)
    flip: bool = False
    source: str | Path = 'a'
    options: Mapping[str, Any] | None = None
    anything: object = None

    def __post_init__(self) -> None:
        schema.check_fields(self)


@pytest.mark.parametrize('given', [
    dict(share=0), dict(share=1), dict(length=None), dict(angle=-90),
    dict(kind='hard'), dict(sizes=[4, 5, 6]), dict(sizes=()), dict(flip=True),
    dict(source=Path('b')), dict(options={'a': 1}), dict(anything=3)])
def test_what_is_meant(given: dict[str, Any]) -> None:
    assert vars(Settings(**given)).items() >= given.items()


@pytest.mark.parametrize('given, text', [
    (dict(share=1.5), 'share is 1.5; give one at least 0 and at most 1'),
    (dict(share=-0.1), 'share is -0.1; give one at least 0'),
    (dict(share=float('nan')), 'share is nan; give a number'),
    (dict(share='0.5'), "share is '0.5'; give a number"),
    (dict(share=True), 'share is True; give a number'),
    (dict(share=None), 'share is None; give a number'),
    (dict(length=0), 'length is 0; give one above 0'),
    (dict(length=2.0), 'length is 2.0; give a whole number or None'),
    (dict(angle=float('inf')), 'angle is inf; give a number'),
    (dict(angle=90), 'angle is 90; give one at least -90 and below 90'),
    (dict(kind='medium'), "kind is 'medium'; give one of 'soft', 'hard'"),
    (dict(sizes=3), 'sizes is 3; give a list'),
    (dict(sizes='12'), "sizes is '12'; give a list"),
    (dict(sizes=(1, 2.5)), r'sizes is \(1, 2.5\); give a list'),
    (dict(flip='maybe'), "flip is 'maybe'; give True or False"),
    (dict(flip=1), 'flip is 1; give True or False'),
    (dict(source=3), 'source is 3; give a text or a path'),
    (dict(options='a'), "options is 'a'; give a dict or None")])
def test_what_means_nothing(given: dict[str, Any], text: str) -> None:
    with pytest.raises(InputError, match=text):
        Settings(**given)
