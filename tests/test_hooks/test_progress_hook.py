# Copyright (c) COMNet contributors. All rights reserved.
"""A bar in a terminal, nothing in a log file."""

import sys
from types import SimpleNamespace

import pytest
from mmengine.logging import MessageHub

from comnet.hooks import ProgressHook


def train(runner: SimpleNamespace, steps: int) -> None:
    hook = ProgressHook()
    runner.message_hub = MessageHub('progress')
    hook.before_train(runner)
    for index in range(steps):
        runner.message_hub.update_scalar('train/loss', index + 0.5)
        hook.after_train_iter(runner, index)
    hook.after_train(runner)


def test_bar_counts_what_is_left_to_do(
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture) -> None:
    monkeypatch.setattr(sys.stderr, 'isatty', lambda: True, raising=False)
    train(SimpleNamespace(max_iters=10, iter=7), steps=3)
    out, err = capsys.readouterr()
    assert '3/3' in err
    # behind each step, the mean of all so far
    assert [each[:6] for each in err.split(', loss ')[1:]] == [
        '0.5000', '1.0000', '1.5000']
    assert err.endswith('\n')
    assert out == ''


def test_no_bar_where_nobody_looks(capsys: pytest.CaptureFixture) -> None:
    train(SimpleNamespace(max_iters=10, iter=7), steps=3)
    assert capsys.readouterr().err == ''
