# Copyright (c) COMNet contributors. All rights reserved.
import math
from typing import Any

from mmengine.hooks import Hook
from mmengine.registry import HOOKS
from mmengine.runner import Runner

from ..engine.checkpoint import first_not_finite
from ..utils import InputError, first_few

NUM_NAMES = 3  # of a batch's pictures
WATCHED = ('loss', 'grad_norm')  # as the log names them


@HOOKS.register_module()
class FiniteHook(Hook):
    """Stop a training whose loss, gradient or weights are no longer numbers.

    It would run to its end, and write a checkpoint of NaN. The loss and, where
    gradients are clipped, their norm are looked at after each iteration, as
    mmengine has noted them for the log: nothing more waits for a GPU. A scaler
    of the loss skips a step whose gradient overflows; its norm may do so.
    Before a checkpoint is written, its weights and the optimizer's state are.
    """

    def after_train_iter(self,
                         runner: Runner,
                         batch_idx: int,
                         data_batch: dict | None = None,
                         outputs: dict | None = None) -> None:
        """Look at what the log is told.

        Raises:
            InputError: A number is not finite.
        """
        scaled = hasattr(runner.optim_wrapper, 'loss_scaler')
        for name in WATCHED[:1] if scaled else WATCHED:
            noted = runner.message_hub.log_scalars.get(f'train/{name}')
            if noted is not None and not math.isfinite(noted.current()):
                raise InputError(
                    f'{runner.work_dir}: {name} is {noted.current()} in '
                    f'iteration {runner.iter + 1}, at a learning rate of '
                    f'{_learning_rate(runner):g}, with '
                    f'{_pictures(data_batch)}; lower '
                    'optim_wrapper.optimizer.lr, or look at these pictures')

    def before_save_checkpoint(self, runner: Runner,
                               checkpoint: dict[str, Any]) -> None:
        """Look at weights and optimizer, which are on the CPU by now.

        Raises:
            InputError: A value is not finite.
        """
        name = first_not_finite(checkpoint)
        if name is not None:
            raise InputError(
                f'{runner.work_dir}: {name} holds NaN or infinity after '
                f'iteration {checkpoint["meta"]["iter"]}, at a learning rate '
                f'of {_learning_rate(runner):g}; no checkpoint is written, '
                'lower optim_wrapper.optimizer.lr')


def _learning_rate(runner: Runner) -> float:
    """Return the rate of the last step, of the first group of parameters."""
    rate: float = runner.message_hub.get_scalar('train/lr').current()
    return rate


def _pictures(data_batch: dict | None) -> str:
    """Name the pictures of a batch, if its samples tell."""
    samples = (data_batch or {}).get('data_samples') or ()
    names = [str(sample.img_path) for sample in samples
             if 'img_path' in sample]
    return first_few(names, NUM_NAMES) or 'pictures without a name'
