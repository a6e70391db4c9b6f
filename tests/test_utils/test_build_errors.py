# Copyright (c) COMNet contributors. All rights reserved.
"""Settings that nothing can be built of, told apart from own mistakes."""

import re

import pytest
from mmengine.registry import Registry
from mmpretrain.registry import MODELS
from torch import nn

import comnet.models  # noqa: F401  # registers them
from comnet.utils.build_errors import build_problem

PARTS = Registry('part')


@PARTS.register_module()
class Part(nn.Module):
    def __init__(self, size: int, **more: object) -> None:
        if more:
            super().__init__(**more)
        super().__init__()
        if size < 1:
            raise ValueError('a size above 0')


@pytest.mark.parametrize('cfg, line', [
    (dict(type='Prat', size=1), "type 'Prat' is not known; mend its name, or"),
    (dict(size=1), 'key "type"'),
    (dict(type='Part'), "Part: missing 1 required positional argument: 'size'"
                        '; mend its settings in the config'),
    (dict(type='Part', size=1, sise=2), 'Part: .*unexpected keyword argument '
                                        "'sise'; mend its settings"),
    (dict(type='Part', size=0),
     r'Part: refuses its settings \(a size above 0\); mend them')])
def test_what_cannot_be_built(cfg: dict, line: str) -> None:
    with pytest.raises(Exception) as caught:
        PARTS.build(cfg)
    assert re.search(line, build_problem(caught.value) or '')


def test_part_of_another_package_within_one_of_this() -> None:
    cfg = dict(type='COMNet', backbone=dict(type='ResNet', depth=17))
    with pytest.raises(KeyError) as caught:
        MODELS.build(cfg)
    line = build_problem(caught.value) or ''
    assert line.startswith('ResNet: refuses its settings (invalid depth 17')


def test_own_mistakes_keep_their_traceback(
        monkeypatch: pytest.MonkeyPatch) -> None:
    from comnet.models import InterMatching

    def wrong(self: object, **settings: object) -> None:
        exec(compile('{}["key"]', comnet.models.__file__, 'exec'))

    monkeypatch.setattr(InterMatching, '__init__', wrong)
    with pytest.raises(KeyError) as caught:
        MODELS.build(dict(type='InterMatching'))
    assert build_problem(caught.value) is None
    assert build_problem(KeyError('key')) is None
