# Copyright (c) COMNet contributors. All rights reserved.
"""Trainings of a pipeline on several processes are those of one."""

from pathlib import Path

import pytest
import torch
from helpers.tiny import METHOD, checkpoint_of

from comnet.pipeline import run_steps
from comnet.utils import InputError
from comnet.utils.record import Record

SGD = dict(type='SGD', lr=0.05)
PLAIN = {  # without chance, but for the order of the images and the partners
    'classifier': [dict(type='LoadVOCImage'), dict(type='PackInputs')],
    'irnet': [dict(type='LoadVOCImage'), dict(type='LoadVOCMask'),
              dict(type='PackSegInputs')],
}
PLAIN['segmentor'] = PLAIN['irnet']


def options_of(step: str, demo_root: Path) -> dict:
    """Return what makes a training depend on its batches alone."""
    options = {
        'train_dataloader.dataset.pipeline': PLAIN[step],
        'train_dataloader.batch_size': 4,
        'model.backbone.norm_eval': True,  # statistics are a process's own
        'optim_wrapper.optimizer': dict(SGD, _delete_=True)}
    if step == 'classifier':
        return {f'methods.{METHOD}.classifier': dict(
            config='classifier.py', options=options)}
    masks = 'SegmentationClass'
    return {f'{step}.options': options, f'{step}.mask_dir': masks,
            f'{step}.start': None}


def test_one_process_is_done_where_two_have_trained(
        tiny_configs: Path, demo_root: Path, tmp_path: Path,
        capsys: pytest.CaptureFixture) -> None:
    way = dict(methods=[METHOD], steps=['classifier'])
    options = options_of('classifier', demo_root)
    run_steps(tiny_configs / 'pipeline.py', tmp_path, options, gpus=2, **way)
    assert 'a batch is 2 x 2 processes = 4' in (
        tmp_path / METHOD / 'classifier.log').read_text()
    record = Record.read(tmp_path / METHOD / 'classifier')
    assert record is not None
    assert record.settings['train_dataloader']['batch_size'] == 4
    capsys.readouterr()
    run_steps(tiny_configs / 'pipeline.py', tmp_path, options, **way)
    assert f'{METHOD}: classifier is done' in capsys.readouterr().out


@pytest.mark.parametrize('step', list(PLAIN))
def test_weights_are_those_of_one_process(
        tiny_configs: Path, demo_root: Path, tmp_path: Path,
        step: str) -> None:
    weights = []
    for gpus in (1, 2):
        work = tmp_path / str(gpus)
        run_steps(tiny_configs / 'pipeline.py', work,
                  options_of(step, demo_root), methods=[METHOD], steps=[step],
                  gpus=gpus)
        weights.append(torch.load(
            checkpoint_of(work, step), weights_only=False)['state_dict'])
    one, two = weights
    for name, value in one.items():
        torch.testing.assert_close(
            two[name], value, rtol=1e-4, atol=1e-5, msg=name)


def test_batch_that_cannot_be_shared_is_refused_at_once(
        tiny_configs: Path, tmp_path: Path) -> None:
    """That of the segmentor, whose weights are to be the classifier's."""
    with pytest.raises(InputError, match=(
            'segmentor.py: train_dataloader.batch_size 4 is that of all '
            'processes together, and 3 cannot share it evenly; 1, 2, 4 can')):
        run_steps(tiny_configs / 'pipeline.py', tmp_path, gpus=3)
    assert not list(tmp_path.iterdir())
