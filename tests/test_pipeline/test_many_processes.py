# Copyright (c) COMNet contributors. All rights reserved.
"""Trainings of a pipeline on several processes are those of one."""

from pathlib import Path

import pytest
from helpers.tiny import METHOD, plain_options

from comnet.pipeline import run_steps
from comnet.utils import InputError
from comnet.utils.record import Record


def test_one_process_is_done_where_two_have_trained(
        tiny_configs: Path, tmp_path: Path,
        capsys: pytest.CaptureFixture) -> None:
    way = dict(methods=[METHOD], steps=['classifier'])
    options = {f'methods.{METHOD}.classifier': dict(
        config='classifier.py', options=plain_options('classifier', 4))}
    run_steps(tiny_configs / 'pipeline.py', tmp_path, options, gpus=2, **way)
    assert 'a batch is 2 x 2 processes = 4' in (
        tmp_path / METHOD / 'classifier.log').read_text()
    record = Record.read(tmp_path / METHOD / 'classifier')
    assert record is not None
    assert record.settings['train_dataloader']['batch_size'] == 4
    capsys.readouterr()
    run_steps(tiny_configs / 'pipeline.py', tmp_path, options, **way)
    assert f'{METHOD}: classifier is done' in capsys.readouterr().out


def test_batch_that_cannot_be_shared_is_refused_at_once(
        tiny_configs: Path, tmp_path: Path) -> None:
    """That of the segmentor, whose weights are to be the classifier's."""
    with pytest.raises(InputError, match=(
            'segmentor.py: train_dataloader.batch_size 4 is that of all '
            'processes together, and 3 cannot share it evenly; 1, 2, 4 can')):
        run_steps(tiny_configs / 'pipeline.py', tmp_path, gpus=3)
    assert not list(tmp_path.iterdir())
