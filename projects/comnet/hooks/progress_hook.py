# Copyright (c) COMNet contributors. All rights reserved.
from typing import Any

from mmengine.dist import is_main_process
from mmengine.hooks import Hook
from mmengine.registry import HOOKS
from mmengine.runner import Runner
from mmengine.utils import ProgressBar

from ..utils.progress import progress_bar

WINDOW = 20  # iterations that a loss is averaged over


@HOOKS.register_module()
class ProgressHook(Hook):
    """Show a progress bar of the whole training or test in a terminal.

    The bar goes to stderr, the log to stdout. Where stderr is no terminal
    there is only the log. Behind the bar of a training stands its loss, the
    mean of the last iterations.
    """

    priority = 'VERY_LOW'

    def __init__(self) -> None:
        self.bar: ProgressBar | None = None

    def before_train(self, runner: Runner) -> None:
        """Start the bar, at the first iteration not done yet."""
        self._start(runner.max_iters - runner.iter)

    def before_test(self, runner: Runner) -> None:
        """Start the bar."""
        self._start(len(runner.test_dataloader))

    def _start(self, num_steps: int) -> None:
        if is_main_process():
            self.bar = progress_bar(num_steps)

    def _after_iter(self, runner: Runner, *_: Any, mode: str, **__: Any
                    ) -> None:
        # of a training or test; it may validate in between
        if self.bar is None or mode == 'val':
            return
        self.bar.update()
        loss = runner.message_hub.log_scalars.get('train/loss')
        if mode == 'train' and loss is not None:
            self.bar.file.write(f', loss {loss.mean(WINDOW):.4f}  ')
            self.bar.file.flush()

    def after_train(self, runner: Runner) -> None:
        """End the line."""
        if self.bar is not None:
            self.bar.file.write('\n')
            self.bar = None

    after_test = after_train
