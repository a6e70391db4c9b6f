# Copyright (c) COMNet contributors. All rights reserved.
from mmengine.hooks import Hook
from mmengine.registry import HOOKS
from mmengine.runner import Runner


@HOOKS.register_module()
class GroupSamplingHook(Hook):
    """Let a :class:`PairedVOCDataset` draw new partners in each epoch.

    As :class:`mmengine.hooks.DistSamplerSeedHook` does for the order of the
    images; seed and epoch come from the runner, so that a resumed training
    sees the groups it would have seen.
    """

    def before_train_epoch(self, runner: Runner) -> None:
        """Tell the data set the seed and the epoch."""
        dataset = runner.train_dataloader.dataset
        dataset.set_epoch(runner.epoch, seed=runner.seed)
