# Copyright (c) COMNet contributors. All rights reserved.
"""Trainings: what they start from, learn from and go on with."""

import platform
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from helpers.tiny import METHOD, TRAIN_IDS, checkpoint_of, labels_of, masks_of

from comnet.datasets.identity import folder_identity
from comnet.engine.checkpoint import read_checkpoint
from comnet.steps import (
    Classifier,
    IRNetTraining,
    SegmentorTraining,
    Training,
)
from comnet.utils import InputError
from comnet.utils.record import Record


@pytest.fixture
def step(tiny_configs: Path, demo_root: Path, tmp_path: Path) -> Training:
    return SegmentorTraining(
        tiny_configs / 'segmentor.py', tmp_path / 'work',
        dict(data_root=str(demo_root), pretrained=None),
        mask_dir='SegmentationClass')


def read(folder: Path) -> Record:
    record = Record.read(folder)
    assert record is not None
    return record


def test_true_masks_train_the_upper_bound(
        step: Training, demo_root: Path) -> None:
    step.run()
    record = read(step.folder)
    assert record.finished and record.kind == 'Training'
    assert record.inputs['labels'] == folder_identity(
        demo_root / 'SegmentationClass', TRAIN_IDS, '.png')
    assert (step.folder / 'iter_2.pth').is_file()

    again = replace(step, resume=True)
    seconds = record.seconds
    assert again.begin(False).seconds == seconds > 0
    assert step.begin(False).seconds == 0  # begun anew


@pytest.mark.parametrize('setting, value, reason', [
    ('param_scheduler.end', 9, 'param_scheduler.end 240 -> 9'),
    ('optim_wrapper.optimizer.lr', 0.5, 'optim_wrapper.optimizer.lr 0.002'),
    ('train_list', 'ImageSets/Segmentation/val.txt', 'other images')])
def test_training_that_was_begun_otherwise_does_not_go_on(
        step: Training, tmp_path: Path, setting: str, value: object,
        reason: str) -> None:
    """The old schedule would go on, and nobody would say so."""
    step.run()
    begun = (step.folder / 'record.json').read_bytes()
    checkpoint = step.folder / 'iter_2.pth'
    other = replace(step, resume=True, options=dict(
        step.options, **{setting: value}))
    with pytest.raises(InputError, match=(
            rf'work: holds a training that was begun otherwise .{reason}'
    )):
        other.run()
    with pytest.raises(InputError, match=reason):
        replace(other, resume=checkpoint, out_dir=tmp_path / 'other').run()
    assert (step.folder / 'record.json').read_bytes() == begun
    replace(other, resume=False).begin(False)  # anew


def test_resumed_training_says_which_checkpoint_is_broken(
        step: Training, capsys: pytest.CaptureFixture) -> None:
    step = replace(step, resume=True, validate=False, options=dict(
        step.options, **{'default_hooks.checkpoint.interval': 1}))
    step.run()
    (step.folder / 'iter_2.pth').write_bytes(b'')
    (step.folder / 'last_checkpoint').write_bytes(b'')
    capsys.readouterr()
    step.run()
    out = capsys.readouterr().out
    assert (f'{step.folder}/iter_2.pth: not a whole checkpoint; left out, the '
            f'training goes on from {step.folder}/iter_1.pth') in out
    assert 'Iter(train) [1/2]' not in out
    assert read_checkpoint(step.folder / 'iter_2.pth')['meta']['iter'] == 2


def test_learning_rate_follows_the_batch(step: Training) -> None:
    """By OpenMMLab's rule, on demand; only then it is in the record."""
    assert 'auto_scale_lr' not in step.settings()
    scaled = replace(step, auto_scale_lr=True)
    assert scaled.settings()['auto_scale_lr'] == dict(
        enable=True, base_batch_size=10)
    runner = scaled.prepare('none')
    runner.optim_wrapper = runner.build_optim_wrapper(runner.optim_wrapper)
    runner.scale_lr(runner.optim_wrapper, runner.auto_scale_lr)
    rates = {group['lr'] for group in runner.optim_wrapper.param_groups}
    assert max(rates) == pytest.approx(2e-3 * 4 / 10)

    options = dict(step.options, auto_scale_lr=None)
    with pytest.raises(InputError, match='no auto_scale_lr.base_batch_size'):
        replace(scaled, options=options).cfg  # noqa: B018


def test_each_network_is_a_training() -> None:
    kinds = (Classifier, IRNetTraining, SegmentorTraining)
    assert {kind.kind for kind in kinds} == {'Training'}
    assert {kind.makes for kind in kinds} == {'last_checkpoint'}


def test_starts_from_another_training_of_the_project(
        step: Training, whole_way: Path, tiny_configs: Path,
        demo_root: Path) -> None:
    """As the pipeline's own, which the functions have made."""
    started = SegmentorTraining(
        tiny_configs / 'segmentor.py', step.folder,
        dict(data_root=str(demo_root)), masks_of(whole_way),
        whole_way / METHOD / 'classifier')
    made = read(whole_way / METHOD / 'segmentor')
    assert made.changes(started.record()) == []
    irnet = IRNetTraining(
        tiny_configs / 'irnet.py', step.folder, dict(
            data_root=str(demo_root),
            pretrained=str(checkpoint_of(whole_way, 'classifier'))),
        labels_of(whole_way))
    assert read(whole_way / METHOD / 'irnet').changes(irnet.record()) == []
    assert 'other labels' in made.changes(step.record())


def test_weights_are_looked_for_first(
        step: Training, tmp_path: Path) -> None:
    missing = replace(step, options=dict(
        step.options, pretrained=str(tmp_path / 'weights.pth')))
    with pytest.raises(InputError, match='weights.pth: no such weights; '):
        missing.run()
    assert not step.folder.exists()


def test_masks_that_are_missing_are_named(
        step: Training, tmp_path: Path) -> None:
    with pytest.raises(InputError, match='masks: no such folder of masks; '):
        replace(step, mask_dir=tmp_path / 'masks').run()
    assert not step.folder.exists()


def test_mixed_precision_needs_no_gpu(
        tiny_configs: Path, demo_root: Path, tmp_path: Path) -> None:
    Classifier(
        tiny_configs / 'classifier.py', tmp_path, dict(
            data_root=str(demo_root), pretrained=None), amp=True,
        validate=False).run()
    assert read(tmp_path).settings['optim_wrapper']['type'] == (
        'AmpOptimWrapper' if torch.cuda.is_available() else
        'BF16OptimWrapper')


@pytest.mark.parametrize('network', ['classifier', 'irnet', 'segmentor'])
def test_tensorboard_in_one_setting(
        tiny_configs: Path, demo_root: Path, tmp_path: Path,
        network: str) -> None:
    events = pytest.importorskip(
        'tensorboard.backend.event_processing.event_accumulator',
        reason='no package tensorboard')
    Training(tiny_configs / f'{network}.py', tmp_path, {
        'data_root': str(demo_root), 'pretrained': None,
        'default_hooks.logger.interval': 1,
        'visualizer.vis_backends.0.type': 'TensorboardVisBackend'},
        mask_dir=None if network == 'classifier' else 'SegmentationClass',
        validate=False).run()
    folder, = tmp_path.glob('*/vis_data')
    scalars = events.EventAccumulator(str(folder)).Reload()
    losses = scalars.Scalars('loss')
    assert losses and all(np.isfinite(each.value) for each in losses)


def test_finished_training_is_not_trained_again(
        step: Training, capsys: pytest.CaptureFixture) -> None:
    step.run()
    before = contents(step.folder)
    for resume in (False, True, step.folder / 'iter_2.pth'):
        capsys.readouterr()
        replace(step, resume=resume).run()
        assert f'{step.folder}: is trained already' in capsys.readouterr().out
    assert contents(step.folder) == before


@pytest.mark.parametrize(('options', 'lines'), [
    ({'optim_wrapper.optimizer.lr': 0.5},
     r'work: holds another training \(optim_wrapper.optimizer.lr 0.002 -> 0.5'
     r'.*\); name another folder, or --remake to set this one aside'),
    ({}, 'work: holds a training that was cut off; --resume to go on with it, '
     'or --remake to set it aside')])
def test_training_that_is_there_is_kept(
        step: Training, options: dict, lines: str) -> None:
    step.run()
    if not options:
        record = read(step.folder)
        record.finished = False
        record.write(step.folder)
    before = contents(step.folder)
    other = replace(step, options={**step.options, **options})
    with pytest.raises(InputError, match=lines):
        other.run()
    assert contents(step.folder) == before

    other.run(remake=True)
    assert contents(step.folder.with_name('work.old-1')) == before
    assert read(step.folder).finished
    assert read(step.folder).changes(other.record()) == []


def test_training_of_other_code_is_kept(step: Training) -> None:
    step.folder.mkdir()
    (step.folder / 'epoch_1.pth').write_bytes(b'theirs')
    (step.folder / 'last_checkpoint').write_text('epoch_1.pth')
    with pytest.raises(InputError, match='another training .no record.json.'):
        step.run()
    assert len(contents(step.folder)) == 2


def test_training_that_was_cut_off_at_once_is_begun(step: Training) -> None:
    """Before its first checkpoint: there is nothing to go on with."""
    step.folder.mkdir()
    step.record().write(step.folder)
    (step.folder / '20260101_000000').mkdir()
    step.run()
    assert read(step.folder).finished


def contents(folder: Path) -> dict[str, bytes]:
    """Return all files of a folder, without those of its folders."""
    return {path.name: path.read_bytes() for path in folder.iterdir()
            if path.is_file()}


def test_half_of_a_checkpoint_is_removed(step: Training) -> None:
    """That a killed run has left, as a step's files are."""
    step.folder.mkdir()
    half = step.folder / f'.iter_1.pth.{platform.node()}.999999999'
    half.touch()
    step.begin(False)
    assert not half.exists()
