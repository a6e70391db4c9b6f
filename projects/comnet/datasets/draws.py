# Copyright (c) COMNet contributors. All rights reserved.
"""Samples whose random choices depend on seed, epoch and index alone.

A loader's workers have a random state each, which depends on all that they
have loaded before. Here the index that a sampler gives them carries seed and
epoch, and whatever loading it draws, from any library, follows from the three:
not from the number of workers or processes, nor from where a training was cut
off.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any, NamedTuple

import numpy as np
import torch
from mmengine.dataset import InfiniteSampler
from torch.utils.data import Dataset, Sampler


class Draw(NamedTuple):
    """An item of a data set that is to be loaded.

    Attributes:
        seed: Of the training.
        epoch: The pass over the data set, from 0.
        item: Its index.
    """
    seed: int
    epoch: int
    item: int


_current = Draw(0, 0, 0)  # what this process loads, if it does so by a draw


class DrawSampler(Sampler[Draw]):
    """Gives the indices of another sampler, with seed and epoch.

    Args:
        sampler: Any of mmengine's kind, with the attribute ``epoch``, or an
            ``InfiniteSampler``, whose epochs are counted over all processes.
        seed: Of the training.
        taken: Returns how many indices this process has taken before: of an
            epoch, which are left out, or of an ``InfiniteSampler``, which has
            left them out itself.
    """

    def __init__(self, sampler: Any, seed: int,
                 taken: Callable[[], int]) -> None:
        self.sampler = sampler
        self.seed = seed
        self.taken = taken

    def __len__(self) -> int:
        return len(self.sampler)

    def __iter__(self) -> Iterator[Draw]:
        sampler, taken = self.sampler, self.taken()
        if isinstance(sampler, InfiniteSampler):
            for place, index in enumerate(sampler, taken):
                place = place * sampler.world_size + sampler.rank
                yield Draw(self.seed, place // sampler.size, index)
        else:
            epoch = getattr(sampler, 'epoch', 0)
            for index in islice(sampler, taken, None):
                yield Draw(self.seed, epoch, index)


class DrawnItems:
    """Loads a batch of draws; as ``__getitems__`` a loader's worker calls it.

    Args:
        dataset: Any that takes indices.
    """

    def __init__(self, dataset: Dataset) -> None:
        self.dataset = dataset

    def __call__(self, draws: Sequence[Draw]) -> list[Any]:
        """Return the items."""
        items = []
        for draw in draws:
            with _drawing(draw):
                items.append(self.dataset[draw.item])
        return items


@contextmanager
def _drawing(draw: Draw) -> Iterator[None]:
    """Let what is drawn follow from a draw."""
    global _current
    before, _current = _current, draw
    seed_all(draw)
    try:
        yield
    finally:
        _current = before


def current_seed_and_epoch() -> tuple[int, int]:
    """Return those of the draw that this process loads, by default 0, 0."""
    return _current[:2]


def seed_all(numbers: Sequence[int]) -> None:
    """Seed Python, NumPy and PyTorch, its GPU where there is one, by numbers.

    Other numbers have nothing in common, however near they are.
    """
    words = np.random.SeedSequence(numbers).generate_state(4)
    random.seed(words.tobytes())
    np.random.seed(words)
    seed = int.from_bytes(words[:2].tobytes(), 'little')
    # torch.manual_seed would note where it was called from for each GPU
    torch.default_generator.manual_seed(seed)
    if torch.cuda.is_initialized():  # never in a loader's worker
        torch.cuda.manual_seed(seed)
