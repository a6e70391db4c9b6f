# Copyright (c) COMNet contributors. All rights reserved.
"""What a shell is told where it asks how a line may go on."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip('argcomplete')


@pytest.mark.parametrize('line, words', [
    ('comnet prep', {'prepare'}),
    ('comnet pipeline --cfg', {'--cfg-options'}),
    ('comnet figure 5 --lab', {'--label'}),
    ('comnet export-masks masks out --format c', {'coco', 'cvat'}),
    ('comnet nothing', set()),
])
def test_line_goes_on(line: str, words: set[str], tmp_path: Path) -> None:
    answer = tmp_path / 'answer'
    run = subprocess.run(
        [sys.executable, '-c', 'from comnet.cli import main; main()'],
        env=dict(os.environ, _ARGCOMPLETE='1', _ARGCOMPLETE_IFS='\n',
                 _ARGCOMPLETE_STDOUT_FILENAME=str(answer), COMP_LINE=line,
                 COMP_POINT=str(len(line)), COMP_TYPE='9'))
    assert run.returncode == 0
    assert {word.strip() for word in answer.read_text().split('\n')
            if word.strip()} == words
