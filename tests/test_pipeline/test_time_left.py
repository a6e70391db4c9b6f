# Copyright (c) COMNet contributors. All rights reserved.
from pathlib import Path
from types import SimpleNamespace

import pytest
from helpers.run_files import run_of

from comnet.pipeline.time_left import time_left
from comnet.utils.record import Record


@pytest.mark.parametrize('seconds, words', [
    (20, 'about 40 s left'), (100, 'about 3 min left'),
    (4000, 'about 2 h left'), (0, 'about 1 s left')])
def test_a_method_takes_as_long_as_another(
        tmp_path: Path, seconds: float, words: str) -> None:
    run = run_of(['one', 'two'])
    run.write(tmp_path)
    rest = [SimpleNamespace(name=name) for name in ('cam', 'irnet')]
    for step in ('cam', 'irnet'):
        assert time_left(rest, tmp_path) == ''
        Record({}, {}, finished=True, seconds=seconds).write(
            run.folder(tmp_path, 'one', step))
    assert time_left(rest, tmp_path) == f', {words}'
