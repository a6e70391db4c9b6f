# Copyright (c) COMNet contributors. All rights reserved.
"""What loading an item draws follows from seed, epoch and index."""

import random
from collections.abc import Callable

import numpy as np
import pytest
import torch
from mmengine.dataset import DefaultSampler, InfiniteSampler, pseudo_collate
from torch.utils.data import ConcatDataset, DataLoader, Dataset, Subset

from comnet.datasets.draws import (
    Draw,
    DrawnItems,
    DrawSampler,
    current_seed_and_epoch,
    seed_all,
)

Item = tuple[int, float, float, float, tuple[int, int]]


class Drawing(Dataset):
    """Items of random numbers of all three kinds."""

    def __len__(self) -> int:
        return 6

    def __getitem__(self, idx: int) -> Item:
        return (idx, random.random(), float(np.random.rand()),
                torch.rand(1).item(), current_seed_and_epoch())

def loaded(dataset: Dataset, workers: int, epochs: range = range(2),
           taken: int = 0) -> list[Item]:
    """Return the items of some epochs, by a loader as a training has it."""
    sampler = DefaultSampler(dataset, seed=5)
    loader = DataLoader(
        dataset, 2, sampler=sampler, num_workers=workers,
        persistent_workers=workers > 0, collate_fn=list)
    loader.batch_sampler.sampler = DrawSampler(sampler, 5, lambda: taken)
    loader.dataset.__getitems__ = DrawnItems(dataset)
    items = []
    for epoch in epochs:
        sampler.set_epoch(epoch)
        items += [item for batch in loader for item in batch]
    return items


@pytest.mark.parametrize('wrap', [
    lambda dataset: dataset,
    lambda dataset: Subset(dataset, [5, 2, 0]),
    lambda dataset: ConcatDataset([Drawing(), dataset])])
def test_number_of_workers_plays_no_part(
        wrap: Callable[[Dataset], Dataset]) -> None:
    alone = loaded(wrap(Drawing()), 0)
    assert len({*alone}) == len(alone)  # each has numbers of its own
    assert {item[4] for item in alone} == {(5, 0), (5, 1)}
    for workers in (1, 3):
        assert loaded(wrap(Drawing()), workers) == alone
    assert current_seed_and_epoch() == (0, 0)


def test_epoch_goes_on_where_it_was() -> None:
    whole = loaded(Drawing(), 0)
    assert loaded(Drawing(), 2, range(1, 2)) == whole[6:]
    assert loaded(Drawing(), 0, range(1, 2), taken=4) == whole[10:]


@pytest.mark.parametrize('taken', [0, 2, 7])
@pytest.mark.parametrize('processes', [1, 2, 4])
def test_passes_of_a_sampler_without_an_end(
        taken: int, processes: int) -> None:
    """Its processes share each pass, and all of an image is of one."""
    draws = []
    for rank in range(processes):
        sampler = InfiniteSampler(Drawing(), seed=5)
        sampler.rank, sampler.world_size = rank, processes
        sampler.skip(taken)
        stream = iter(DrawSampler(sampler, 5, lambda: taken))
        draws.append([next(stream) for _ in range(12)])
    together = [draw for step in zip(*draws, strict=True) for draw in step]
    start = taken * processes
    assert [draw.epoch for draw in together] == [
        place // 6 for place in range(start, start + 12 * processes)]
    first = (start // 6 + 1) * 6 - start  # of the next pass
    assert sorted(together[first:first + 6]) == [
        Draw(5, start // 6 + 1, index) for index in range(6)]


def test_near_seeds_have_nothing_in_common() -> None:
    seen = set()
    for numbers in ((0, 0, 0), (0, 0, 1), (0, 1, 0), (1, 0, 0)):
        seed_all(numbers)
        first = (random.random(), float(np.random.rand()),
                 torch.rand(1).item())
        seed_all(numbers)
        assert first == (random.random(), float(np.random.rand()),
                         torch.rand(1).item())
        seen.add(first)
    assert all(len({*column}) == 4 for column in zip(*seen, strict=True))


def test_plain_loaders_are_left_alone() -> None:
    """Validation asks for items without a draw."""
    for batch in DataLoader(Drawing(), 2, collate_fn=pseudo_collate):
        assert [*map(int, batch[4][0]), *map(int, batch[4][1])] == [0] * 4
