# Copyright (c) COMNet contributors. All rights reserved.
"""A training is the same on any number of processes that share a batch."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from helpers import loss_curve  # noqa: F401  # registers the hook
from helpers.gloo import in_processes
from helpers.tiny import PLAIN, plain_options

from comnet.engine.checkpoint import find_checkpoint
from comnet.steps import Classifier, IRNetTraining, SegmentorTraining, Training
from comnet.utils import InputError
from comnet.utils.record import Record

BATCH = 6  # which one, two and three processes can share
KINDS = dict(classifier=Classifier, irnet=IRNetTraining,
             segmentor=SegmentorTraining)


def training(step: str, length: int, configs: Path, data_root: Path,
             folder: Path) -> Training:
    """Return one of some passes over the images, two batches each."""
    lengths = {'train_cfg.max_epochs': length}
    if step == 'segmentor':
        lengths = {'train_cfg.max_iters': 2 * length}
    return KINDS[step](
        configs / f'{step}.py', folder, {
            'data_root': str(data_root), 'pretrained': None,
            'default_hooks.curve': dict(
                type='LossCurve', file=str(folder / 'losses.json')),
            **plain_options(step, BATCH), **lengths},
        mask_dir=None if step == 'classifier' else 'SegmentationClass',
        validate=False, total_batch=True)


def run(step: Training, processes: int, sync: Path) -> list[float]:
    """Train in processes and return the losses of the whole batches."""
    in_processes(lambda _: step.run(launcher='pytorch'), processes, sync)
    losses: list[float] = json.loads((step.folder / 'losses.json').read_text())
    return losses


def weights(step: Training) -> dict[str, torch.Tensor]:
    found: dict[str, torch.Tensor] = torch.load(
        find_checkpoint(step.folder), weights_only=False)['state_dict']
    return found


def assert_same(first: Training, second: Training) -> None:
    one, two = weights(first), weights(second)
    assert one.keys() == two.keys()
    for name, value in one.items():
        torch.testing.assert_close(
            two[name], value, rtol=1e-4, atol=1e-5, msg=name)


@pytest.mark.parametrize('step', list(PLAIN))
def test_losses_and_weights_are_those_of_one_process(
        tiny_configs: Path, demo_root: Path, tmp_path: Path,
        step: str) -> None:
    one, *others = (training(
        step, 3, tiny_configs, demo_root, tmp_path / str(number))
        for number in (1, 2, 3))
    losses = run(one, 1, tmp_path / 'sync1')
    assert len(losses) == 6 and losses[0] - losses[-1] > 0.01
    for number, other in enumerate(others, start=2):
        assert run(other, number, tmp_path / f'sync{number}') == (
            pytest.approx(losses, rel=1e-4))
        assert_same(one, other)


@pytest.mark.parametrize('step', ['classifier', 'segmentor'])
def test_training_goes_on_with_another_number_of_processes(
        tiny_configs: Path, demo_root: Path, tmp_path: Path,
        step: str) -> None:
    """By epochs and by iterations: one pass on 1, on 2 and on 1 process."""
    whole = training(step, 3, tiny_configs, demo_root, tmp_path / 'whole')
    losses = run(whole, 1, tmp_path / 'sync')
    curve = []
    for length, processes in enumerate((1, 2, 1), start=1):
        part = training(step, length, tiny_configs, demo_root,
                        tmp_path / 'parts')
        curve += run(replace(part, resume=True), processes,
                     tmp_path / f'sync{length}')
    assert curve == pytest.approx(losses, rel=1e-4)
    assert_same(whole, part)
    made, parts = Record.read(whole.folder), Record.read(part.folder)
    assert made is not None and parts is not None
    assert made.settings['train_dataloader']['batch_size'] == BATCH
    assert [each for each in made.changes(parts) if 'curve' not in each] == []


def test_training_does_not_go_on_with_another_batch(
        tiny_configs: Path, demo_root: Path, tmp_path: Path) -> None:
    """Which each process would take, as everywhere else in OpenMMLab."""
    step = training('classifier', 1, tiny_configs, demo_root, tmp_path / 'a')
    run(step, 1, tmp_path / 'sync')
    longer = replace(
        step, total_batch=False, resume=True,
        options={**step.options, 'train_cfg.max_epochs': 2})

    def refused(_: int) -> str:
        with pytest.raises(InputError) as error:
            longer.run(launcher='pytorch')
        return str(error.value)

    before = Record.read(step.folder)
    assert in_processes(refused, 2, tmp_path / 'sync2') == [
        f'{step.folder}: holds a training that was begun otherwise '
        '(train_dataloader.batch_size 6 -> 12); resume with its settings, or '
        'begin in another folder, from its weights with load_from'] * 2
    assert Record.read(step.folder) == before
    elsewhere = replace(longer, out_dir=tmp_path / 'b',
                        resume=step.folder / 'epoch_1.pth')
    with pytest.raises(InputError, match='batch_size 6 -> 8'):
        replace(elsewhere, options={
            **longer.options, 'train_dataloader.batch_size': 8}).begin(False)
    elsewhere.begin(False)
