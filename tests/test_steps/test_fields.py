# Copyright (c) COMNet contributors. All rights reserved.
"""Settings of a step, and places that a pipeline fills in."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from comnet.steps.fields import Place, given, made_by, place, place_of, same_as


@dataclass
class Example:
    root: str = given('data_root')
    images: str = given('train_list')
    cams: str = made_by('cam')
    config: str = same_as('irnet', 'config')
    out_dir: str = place()
    options: Mapping[str, Any] = place({}, options=('data_root', ))
    start: str | None = place(None, names_step=True)
    beta: float = 10


def test_where_each_field_comes_from() -> None:
    assert {one.name: place_of(one) for one in fields(Example)} == dict(
        root=Place(setting='data_root', is_read=True),
        images=Place(setting='train_list'),
        cams=Place(step='cam', is_read=True, names_step=True),
        config=Place(step='irnet', of_step='config'),
        out_dir=Place(),
        options=Place(options=('data_root', )),
        start=Place(names_step=True),
        beta=None)


def test_options_are_nobody_elses() -> None:
    one, other = (Example('r', 'i', 'c', 'f', 'o') for _ in range(2))
    one.options['seed'] = 1
    assert other.options == {}
