# Copyright (c) COMNet contributors. All rights reserved.
"""Whatever a training is killed in, a whole checkpoint is there."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

import pytest
import torch
from helpers.lines import train, weights
from mmengine.hooks import CheckpointHook
from mmengine.runner import Runner

from comnet.engine.checkpoint import (
    last_checkpoint,
    newest_whole_checkpoint,
    read_checkpoint,
)

KEEP = dict(type='WholeCheckpointHook', interval=1, max_keep_ckpts=2)
CALLS = ('fsync', 'replace', 'remove', 'unlink')


@contextmanager
def killed_at(number: int) -> Iterator[list[str]]:
    """Fail at a call that changes files; yields what was called before."""
    called: list[str] = []

    def wrap(name: str, call: Callable) -> Callable:
        def wrapped(*args: object, **more: object) -> object:
            if len(called) == number:
                raise KeyboardInterrupt
            called.append(name)
            return call(*args, **more)

        return wrapped

    with mock.patch.multiple(os, **{
            name: wrap(name, getattr(os, name)) for name in CALLS}):
        yield called


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob('*.pth'))


def test_same_files_as_of_mmengine(tmp_path: Path) -> None:
    kept = []
    for kind in ('WholeCheckpointHook', 'CheckpointHook'):
        work = tmp_path / kind
        train(work, 4, hooks=dict(checkpoint=dict(KEEP, type=kind)))
        content = torch.load(last_checkpoint(work), weights_only=False)
        kept.append((names(work), content['meta']['iter'], content['message_'
                     'hub']['runtime_info']['keep_ckpt_ids'],
                     (work / 'last_checkpoint').read_text().replace(
                         kind, 'work')))
    assert kept[0] == kept[1]
    assert kept[0][:2] == (['epoch_3.pth', 'epoch_4.pth'], 8)


def test_order_of_writing(tmp_path: Path) -> None:
    """File, its name; the note, its name; only then the old one goes."""
    work = tmp_path / 'work'
    train(work, 2, hooks=dict(checkpoint=KEEP))
    with killed_at(-1) as called:
        train(work, 3, hooks=dict(checkpoint=KEEP), resume=True)
    assert [name for name in called if name != 'unlink'] == [
        'fsync', 'replace', 'fsync', 'fsync', 'replace', 'fsync', 'remove']


@pytest.mark.parametrize('number', range(9))
def test_training_goes_on_wherever_it_was_killed(
        tmp_path: Path, number: int) -> None:
    """While the third checkpoint is written and the first removed."""
    work, hooks = tmp_path / 'work', dict(checkpoint=KEEP)
    train(work, 2, hooks=hooks)
    try:
        with killed_at(number):
            train(work, 3, hooks=hooks, resume=True)
    except KeyboardInterrupt:
        pass
    found, problems = newest_whole_checkpoint(work)
    assert problems == []
    assert found == work / f'epoch_{2 if number < 2 else 3}.pth'
    noted = last_checkpoint(work)
    assert noted is not None and read_checkpoint(noted)
    for path in work.glob('*.pth'):
        assert read_checkpoint(path)
    resumed = train(work, 4, hooks=hooks, load_from=str(found), resume=True)
    whole = train(tmp_path / 'whole', 4, hooks=hooks)
    torch.testing.assert_close(weights(resumed), weights(whole))


def empty(path: Path) -> None:
    path.write_bytes(b'')


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-200])


def flip(path: Path) -> None:
    """Change a byte of the weights, which PyTorch would not notice."""
    data = bytearray(path.read_bytes())
    weight = torch.load(path, weights_only=False)['state_dict'][
        'layer.weight'].numpy().tobytes()
    data[data.index(weight)] ^= 1
    path.write_bytes(data)
    torch.load(path, weights_only=False)


@pytest.mark.parametrize('damage', [empty, cut, flip])
def test_newest_whole_one_is_taken(
        tmp_path: Path, damage: Callable[[Path], None]) -> None:
    train(tmp_path, 3, hooks=dict(checkpoint=KEEP))
    damage(tmp_path / 'epoch_3.pth')
    found, (problem, ) = newest_whole_checkpoint(tmp_path)
    assert found == tmp_path / 'epoch_2.pth'
    assert problem.startswith(f'{tmp_path / "epoch_3.pth"}: ')
    damage(tmp_path / 'epoch_2.pth')
    assert newest_whole_checkpoint(tmp_path)[0] is None


def test_note_that_is_empty_hides_nothing(tmp_path: Path) -> None:
    train(tmp_path, 3, hooks=dict(checkpoint=KEEP))
    empty(tmp_path / 'last_checkpoint')
    assert newest_whole_checkpoint(tmp_path) == (tmp_path / 'epoch_3.pth', [])


def test_checkpoint_of_an_earlier_training_is_not_the_newest(
        tmp_path: Path) -> None:
    """A higher number, written before; a copy has lost the files' times."""
    old, new = tmp_path / 'old', tmp_path / 'new'
    train(old, 5, hooks=dict(checkpoint=KEEP))
    content = torch.load(old / 'epoch_5.pth', weights_only=False)
    content['meta']['time'] = '20200101_000000'
    train(new, 2, hooks=dict(checkpoint=KEEP))
    torch.save(content, new / 'epoch_5.pth')
    assert newest_whole_checkpoint(new) == (new / 'epoch_2.pth', [])
    assert names(Path(shutil.copytree(new, tmp_path / 'copy'))) == names(new)
    found, _ = newest_whole_checkpoint(tmp_path / 'copy')
    assert found == tmp_path / 'copy/epoch_2.pth'


def best(hook: CheckpointHook, runner: Runner, value: float) -> None:
    hook.after_val_epoch(runner, dict(mIoU=value))


def test_best_one_is_there_until_a_better_one_is(tmp_path: Path) -> None:
    runner = train(tmp_path, 2, hooks=dict(checkpoint=dict(
        KEEP, save_best='mIoU')))
    hook, = (each for each in runner.hooks
             if isinstance(each, CheckpointHook))
    for epoch, value in ((2, 30.0), (3, 40.0)):
        runner.train_loop._epoch = epoch
        best(hook, runner, value)
        assert [name for name in names(tmp_path) if 'best' in name] == [
            f'best_mIoU_epoch_{epoch}.pth']
    runner.train_loop._epoch = 4
    with pytest.raises(KeyboardInterrupt), killed_at(0):
        best(hook, runner, 50.0)
    assert 'best_mIoU_epoch_3.pth' in names(tmp_path)
