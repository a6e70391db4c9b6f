# Copyright (c) COMNet contributors. All rights reserved.
from functools import partial

from mmengine.dataset import InfiniteSampler
from mmengine.dist import get_rank
from mmengine.hooks import Hook
from mmengine.registry import HOOKS
from mmengine.runner import EpochBasedTrainLoop, Runner

from ..datasets.draws import DrawnItems, DrawSampler, seed_all
from ..utils import InputError


@HOOKS.register_module()
class SampleSeedHook(Hook):
    """Let nothing random depend on what a process has drawn before.

    What loading an image draws, such as its crop and the partners of its
    group, follows from the seed of the training, the epoch and the index of
    the image; what a step draws, such as a dropout, from the seed, the
    iteration and the process. So a training that goes on from a checkpoint is
    the one that was not cut off, whatever the number of workers.

    A pass over an :class:`mmengine.dataset.InfiniteSampler` is an epoch. An
    epoch that was cut off goes on behind the batches that were taken.
    """

    priority = 'VERY_HIGH'

    def before_train(self, runner: Runner) -> None:
        """Let the loader's indices carry seed and epoch.

        Raises:
            InputError: The training goes on from an iteration that is not in
                its epoch.
        """
        loader = runner.train_loop.dataloader
        if (runner.epoch < runner.max_epochs
                and not 0 <= _batches_taken(runner) <= len(loader)):
            raise InputError(
                f'{runner.work_dir}: goes on from iteration {runner.iter}, '
                f'and {len(loader)} batches are an epoch, of which '
                f'{runner.epoch} are over; give the data and the batch that '
                'it was begun with')
        sampler = getattr(loader.batch_sampler, 'sampler', None)
        if sampler is None or isinstance(sampler, DrawSampler):
            return
        if hasattr(loader.dataset, '__dict__'):  # a list draws nothing
            loader.batch_sampler.sampler = DrawSampler(
                sampler, runner.seed, partial(_taken, runner))
            loader.dataset.__getitems__ = DrawnItems(loader.dataset)

    def before_train_iter(self,
                          runner: Runner,
                          batch_idx: int,
                          data_batch: dict | None = None) -> None:
        """Seed what the step draws."""
        seed_all((runner.seed, runner.iter, get_rank(), 1))


def _batches_taken(runner: Runner) -> int:
    """Return the batches of the current epoch that were taken."""
    if not isinstance(runner.train_loop, EpochBasedTrainLoop):
        return 0
    batches: int = runner.iter - runner.epoch * len(runner.train_dataloader)
    return batches


def _taken(runner: Runner) -> int:
    """Return the indices that were taken, as :class:`DrawSampler` counts."""
    loader = runner.train_dataloader
    batches = (runner.iter if isinstance(loader.sampler, InfiniteSampler)
               else _batches_taken(runner))
    size: int = loader.batch_sampler.batch_size
    return batches * size
