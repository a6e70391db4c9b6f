# Copyright (c) COMNet contributors. All rights reserved.
from typing import Any

from mmengine.hooks import Hook
from mmengine.registry import HOOKS
from mmengine.runner import Runner
from torch.backends import cudnn


@HOOKS.register_module()
class CuDNNBenchmarkHook(Hook):
    """Let cuDNN look for its fastest algorithms, in training alone.

    It looks again at each new size of its input. Crops have few sizes,
    pictures at several scales hundreds: with ``env_cfg.cudnn_benchmark`` most
    of the time of CAMs and tests would go into that. Where results are to be
    the same each time (``randomness.deterministic``) it does nothing.
    """

    def __init__(self) -> None:
        self._before = False

    def before_train_iter(self, runner: Runner, batch_idx: int,
                          data_batch: Any = None) -> None:
        """Let it look."""
        self._before = cudnn.benchmark
        cudnn.benchmark = not cudnn.deterministic

    def after_train_iter(self, runner: Runner, batch_idx: int,
                         data_batch: Any = None,
                         outputs: dict | None = None) -> None:
        """Do as before, also in a validation between two iterations."""
        cudnn.benchmark = self._before
