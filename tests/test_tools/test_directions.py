# Copyright (c) COMNet contributors. All rights reserved.
"""The command that finds a direction a class."""

from pathlib import Path

import numpy as np
from helpers.tiny import METHOD
from helpers.tool_runner import error_of, run_tool

from comnet.datasets.directions_file import DirectionsFile
from comnet.datasets.voc_folder import read_classes


def test_options_are_the_steps(whole_way: Path, demo_root: Path,
                               tmp_path: Path) -> None:
    made = whole_way / METHOD / 'classifier'
    network = made / 'classifier.py', made
    options = '--cfg-options', f'data_root={demo_root}'
    run = run_tool('directions.py', *network, tmp_path / 'a', *options)
    assert run.code == 0, run.err
    file = DirectionsFile.load(tmp_path / 'a')
    assert file.classes == list(read_classes(demo_root))
    run = run_tool('directions.py', *network, tmp_path / 'b',
                   '--num-components', 16, '--stride', 1, *options)
    assert run.code == 0, run.err
    assert np.linalg.matrix_rank(DirectionsFile.load(tmp_path / 'b').a) <= 16
    assert 'stride 1 -> 2' in error_of(
        'directions.py', *network, tmp_path / 'b', '--num-components', 16,
        *options)
