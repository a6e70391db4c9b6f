# Copyright (c) COMNet contributors. All rights reserved.
import math
from collections.abc import Iterator

from mmengine.dataset import InfiniteSampler
from mmengine.hooks import Hook
from mmengine.registry import HOOKS
from mmengine.runner import IterBasedTrainLoop, Runner
from torch.utils.data import DataLoader

from ..datasets import PairedVOCDataset


@HOOKS.register_module()
class GroupSamplingHook(Hook):
    """Let every :class:`PairedVOCDataset` draw new partners in each epoch.

    As :class:`mmengine.hooks.DistSamplerSeedHook` does for the order of the
    images; seed and epoch come from the runner, so that a resumed training
    sees the groups it would have seen. The data sets may lie in wrappers such
    as :class:`mmengine.dataset.RepeatDataset`; others are left alone.

    In an iteration-based training an epoch is a pass over the loader. Workers
    that never come to an end of it, those of an
    :class:`mmengine.dataset.InfiniteSampler`, load a few batches ahead and
    change over as many batches late.
    """

    def before_train_epoch(self, runner: Runner) -> None:
        """Draw the partners of the epoch that a training begins or resumes."""
        if isinstance(runner.train_loop, IterBasedTrainLoop):
            self._draw_pass(runner, runner.iter)
        else:
            self._draw(runner, runner.epoch)

    def after_train_iter(self,
                         runner: Runner,
                         batch_idx: int,
                         data_batch: dict | None = None,
                         outputs: dict | None = None) -> None:
        """Draw new partners before the loader starts over."""
        if isinstance(runner.train_loop, IterBasedTrainLoop):
            self._draw_pass(runner, runner.iter + 1)

    def _draw_pass(self, runner: Runner, iteration: int) -> None:
        """Draw the partners of the pass that an iteration, from 0, is in."""
        self._draw(runner, iteration // _pass_length(runner.train_dataloader))

    def _draw(self, runner: Runner, epoch: int) -> None:
        for dataset in _paired_datasets(runner.train_dataloader.dataset):
            dataset.set_epoch(epoch, seed=runner.seed)


def _paired_datasets(dataset: object) -> Iterator[PairedVOCDataset]:
    """Walk over the data sets of groups in any wrappers."""
    if isinstance(dataset, PairedVOCDataset):
        yield dataset
        return
    held = vars(dataset)  # a stand-in's attributes are made when asked for
    if 'dataset' in held:  # such as RepeatDataset
        yield from _paired_datasets(held['dataset'])
    for member in held.get('datasets', ()):  # such as ConcatDataset
        yield from _paired_datasets(member)


def _pass_length(loader: DataLoader) -> int:
    """Return the number of batches in which a process sees its images."""
    if isinstance(loader.sampler, InfiniteSampler):
        # whose length is that of the images of all processes
        share = len(loader.sampler) / loader.sampler.world_size
        return math.ceil(share / loader.batch_size)
    return len(loader)
