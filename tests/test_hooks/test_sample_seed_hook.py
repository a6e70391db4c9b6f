# Copyright (c) COMNet contributors. All rights reserved.
"""A training that was cut off ends as the one that was not."""

import shutil
from pathlib import Path

import pytest
import torch
from helpers.lines import Line, train
from mmengine.registry import DefaultScope
from mmengine.runner import Runner
from torch import Tensor, nn
from torch.utils.data import Dataset

from comnet.datasets import PairedVOCDataset
from comnet.steps import Training
from comnet.utils import InputError

HOOK = dict(sample_seed=dict(type='SampleSeedHook'))
PIPELINE = [
    dict(type='LoadVOCImage'),
    dict(type='mmpretrain.PackInputs', meta_keys=('img_id', )),
]
EACH = {'default_hooks.checkpoint.interval': 1,
        'default_hooks.checkpoint.max_keep_ckpts': -1}
TRAININGS = dict(
    classifier=({'train_cfg.max_epochs': 2}, 'epoch_1', 'epoch_2'),
    irnet=({'train_cfg.max_epochs': 2}, 'epoch_1', 'epoch_2'),
    segmentor=({'train_cfg.max_iters': 4}, 'iter_1', 'iter_4'))


def run(configs: Path, root: Path, out: Path, network: str,
        workers: int) -> Path:
    """Train one of the three networks as far as it is not yet."""
    Training(
        configs / f'{network}.py', out, {
            **EACH, **TRAININGS[network][0], 'data_root': str(root),
            'pretrained': None, 'train_dataloader.num_workers': workers},
        mask_dir=None if network == 'classifier' else 'SegmentationClass',
        validate=False, resume=True).run()
    return out


def state(path: Path) -> dict:
    content = torch.load(path, weights_only=False)
    return {**content['state_dict'], **{
        f'{group}.{name}': value
        for group, values in content['optimizer']['state'].items()
        for name, value in values.items()}}


@pytest.mark.parametrize('network', TRAININGS)
def test_resumed_training_is_the_uninterrupted_one(
        tiny_configs: Path, demo_root: Path, tmp_path: Path,
        network: str) -> None:
    """Weights, statistics and momentum, with any number of workers."""
    _, first, last = TRAININGS[network]
    whole = run(tiny_configs, demo_root, tmp_path / 'whole', network, 0)
    (tmp_path / 'resumed').mkdir()
    for name in ('record.json', f'{first}.pth'):
        shutil.copy(whole / name, tmp_path / 'resumed')
    resumed = run(tiny_configs, demo_root, tmp_path / 'resumed', network, 2)
    expected, found = (
        state(folder / f'{last}.pth') for folder in (whole, resumed))
    assert expected.keys() == found.keys()
    for name, value in expected.items():
        torch.testing.assert_close(found[name], value, rtol=0, atol=1e-6,
                                   msg=name)
    start = state(whole / f'{first}.pth')
    assert any(not torch.equal(start[name], value)
               for name, value in expected.items())


class Dropout(Line):
    """Draws in each step, and so does its data."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Sequential(nn.Dropout(0.5), nn.Linear(3, 1))

    def weights(self) -> Tensor:
        return self.layer[1].weight.detach()


class Noise(Dataset):
    metainfo: dict = {}

    def __len__(self) -> int:
        return 12

    def __getitem__(self, idx: int) -> dict:
        return dict(inputs=idx / 12 + torch.rand(3))


@pytest.mark.parametrize('number', range(1, 9))
@pytest.mark.parametrize('by', ['epochs', 'iterations'])
def test_training_cut_off_at_any_step(
        tmp_path: Path, number: int, by: str) -> None:
    """Within an epoch of four batches, too."""
    iterations = by == 'iterations'
    settings = dict(
        hooks=dict(HOOK, checkpoint=dict(
            type='WholeCheckpointHook', by_epoch=False, interval=1)),
        train_dataloader=dict(
            batch_size=3, dataset=Noise(), num_workers=0,
            collate_fn=dict(type='default_collate'), sampler=dict(
                type='InfiniteSampler' if iterations else 'DefaultSampler',
                shuffle=True)),
        train_cfg=dict(by_epoch=False, max_iters=8) if iterations else dict(
            by_epoch=True, max_epochs=2))
    whole = train(tmp_path / 'whole', 2, model=Dropout(), **settings)
    resumed = train(
        tmp_path / 'resumed', 2, model=Dropout(), resume=True,
        load_from=str(tmp_path / f'whole/iter_{number}.pth'), **settings)
    assert resumed.iter == whole.iter == 8
    torch.testing.assert_close(
        resumed.model.weights(), whole.model.weights(), rtol=0, atol=1e-6)


def test_seed_that_no_config_sets_is_the_checkpoint_s(
        tmp_path: Path) -> None:
    settings = dict(
        hooks=dict(HOOK, checkpoint=dict(
            type='WholeCheckpointHook', interval=1)),
        randomness=dict(seed=None),
        train_dataloader=dict(
            batch_size=3, dataset=Noise(), num_workers=0,
            collate_fn=dict(type='default_collate'),
            sampler=dict(type='DefaultSampler', shuffle=True)))
    whole = train(tmp_path, 2, model=Dropout(), **settings)
    resumed = train(tmp_path, 2, model=Dropout(), resume=True,
                    load_from=str(tmp_path / 'epoch_1.pth'), **settings)
    assert torch.equal(resumed.model.weights(), whole.model.weights())


def test_step_draws_anew_in_each_iteration(tmp_path: Path) -> None:
    drawn = []

    class Seen(Line):
        def forward(self, inputs: Tensor, mode: str = 'tensor') -> dict:
            drawn.append(torch.rand(1).item())
            return super().forward(inputs, mode)

    train(tmp_path, 3, model=Seen(), hooks=HOOK)
    assert len(drawn) == len({*drawn}) == 6


def test_epochs_of_another_length_are_refused(tmp_path: Path) -> None:
    train(tmp_path, 2, hooks=HOOK)
    with pytest.raises(InputError, match='goes on from iteration 4, and 1 '
                       'batches are an epoch, of which 2 are over; give the '
                       'data and the batch that it was begun with'):
        train(tmp_path, 4, hooks=HOOK, resume=True,
              data=[dict(inputs=torch.zeros(3))] * 2)


class Recorder(Line):
    """Notes the images that it is trained with."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[list[str]] = []

    def forward(self, inputs: list[Tensor], data_samples: list,
                mode: str) -> dict[str, Tensor]:
        self.seen.append([sample.img_id for sample in data_samples])
        return dict(loss=self.layer.weight.sum())


def partners(root: Path, work_dir: Path, sampler: str, workers: int,
             resume: bool = False) -> list[list[str]]:
    """Train by iterations with mmengine's runner, 3 a pass."""
    model = Recorder()
    with DefaultScope.overwrite_default_scope('mmpretrain'):
        train(work_dir, 0, Runner, model=model, train_dataloader=dict(
            batch_size=4, num_workers=workers,
            sampler=dict(type=sampler, shuffle=True),
            collate_fn=dict(type='group_collate'),
            dataset=PairedVOCDataset(str(root), pipeline=PIPELINE)),
            train_cfg=dict(by_epoch=False, max_iters=9), resume=resume,
            load_from=f'{work_dir}/iter_4.pth' if resume else None,
            hooks=dict(HOOK, checkpoint=dict(
                type='WholeCheckpointHook', interval=4, by_epoch=False)),
            randomness=dict(seed=3), default_scope='mmpretrain')
    return model.seen


@pytest.mark.parametrize('sampler, workers', [
    ('DefaultSampler', 0), ('DefaultSampler', 2), ('InfiniteSampler', 0),
    ('InfiniteSampler', 2)])
def test_pairs_are_drawn_anew_in_each_pass(
        demo_root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
        sampler: str, workers: int) -> None:
    """By workers that load ahead, too; and again where it was cut off."""
    monkeypatch.setattr('mmengine.runner.loops.time.sleep', lambda _: None)
    whole = partners(demo_root, tmp_path, sampler, workers)
    dataset = PairedVOCDataset(str(demo_root), pipeline=PIPELINE)
    ids = [dataset.get_data_info(idx)['img_id'] for idx in range(12)]
    seen = []
    for epoch in range(3):
        pairs = {pair for batch in whole[3 * epoch:3 * epoch + 3]
                 for pair in zip(batch[::2], batch[1::2], strict=True)}
        assert pairs == {
            (ids[idx], ids[dataset.group_indices(idx, 3, epoch)[1]])
            for idx in range(12)}
        seen.append(pairs)
    assert seen[0] != seen[1] != seen[2] != seen[0]
    assert partners(
        demo_root, tmp_path, sampler, workers, resume=True) == whole[4:]
