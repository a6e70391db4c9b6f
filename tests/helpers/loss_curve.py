# Copyright (c) COMNet contributors. All rights reserved.
"""A hook that notes the losses of all processes' batches."""

import json
from pathlib import Path

import torch
from mmengine.dist import all_reduce, is_main_process
from mmengine.hooks import Hook
from mmengine.registry import HOOKS
from mmengine.runner import Runner


@HOOKS.register_module()
class LossCurve(Hook):
    """Writes the loss of each step, the mean over the processes.

    Args:
        file: JSON file of a list.
    """

    def __init__(self, file: str) -> None:
        self.file = Path(file)
        self.losses: list[float] = []

    def after_train_iter(self, runner: Runner, batch_idx: int,
                         data_batch: dict | None = None,
                         outputs: dict | None = None) -> None:
        loss = torch.tensor(float((outputs or {})['loss']))
        all_reduce(loss, 'mean')
        self.losses.append(loss.item())

    def after_train(self, runner: Runner) -> None:
        if is_main_process():
            self.file.write_text(json.dumps(self.losses))
