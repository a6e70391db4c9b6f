# Copyright (c) COMNet contributors. All rights reserved.
"""The command that estimates the memory on a GPU."""

import re

import pytest
from helpers.tiny import TINY
from helpers.tool_runner import error_of, run_tool


def test_rows_add_up_to_what_is_expected() -> None:
    run = run_tool('memory.py', TINY / 'comnet_tiny.py', '--amp', '--picture',
                   '320x240', '--gpus', 2, '--cfg-options',
                   'train_dataloader.batch_size=32')
    assert run.code == 0, run.err
    assert '32 images of 144 x 112' in run.out
    rows = {name.strip(): float(value) for name, value in re.findall(
        r'│ (.+?) +│ ([\d.]+) │', run.out)}
    cams = rows.pop('CAMs of 320 x 240')
    *parts, peak = rows.values()
    assert sum(parts) == pytest.approx(peak, abs=0.02)
    last = run.out.splitlines()[-1]
    assert last.startswith(f'expect {max(peak, cams) + 1:.1f} to ')


@pytest.mark.parametrize('size, line', [
    ('320', 'argument --picture: 320: give WIDTHxHEIGHT'),
    ('8x100', 'a picture of 8 x 100; give one of 34 pixels or more a side')])
def test_picture_of_no_size(size: str, line: str) -> None:
    run = run_tool('memory.py', TINY / 'comnet_tiny.py', '--picture', size)
    assert run.code == 2
    assert run.err.splitlines()[-1].startswith(f'error: {line}')


def test_cams_of_an_irnet() -> None:
    line = error_of(
        'memory.py', TINY / 'irnet_tiny.py', '--picture', '320x240')
    assert 'irnet_tiny.py: no CAMHook in default_hooks.cam' in line
