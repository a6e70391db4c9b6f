# Copyright (c) COMNet contributors. All rights reserved.
"""mmengine's Runner, with checkpoints that run nothing."""

import atexit
import os
import re
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from itertools import count
from multiprocessing import get_start_method, set_start_method
from pathlib import Path
from typing import Any

import torch
from mmengine.config import Config
from mmengine.device import get_device
from mmengine.dist import init_dist
from mmengine.hooks import Hook
from mmengine.model import is_model_wrapper
from mmengine.runner import Runner
from mmengine.runner.checkpoint import load_state_dict
from torch import nn
from torch.utils.data import DataLoader

from ..utils import InputError
from ..utils.loading import loading_workers
from ..utils.memory import peak_gpu_memory
from .checkpoint import fill, read_checkpoint
from .pretrained import load_pretrained, take_pretrained

# those of mmengine, of which None takes one out
MMENGINE_HOOKS = frozenset((
    'runtime_info', 'timer', 'sampler_seed', 'logger', 'param_scheduler',
    'checkpoint'))
FIRST_PORT, NUM_PORTS = 15000, 10000  # of Slurm's jobs
TIMEOUT = 14400  #: seconds; what one does alone may take an hour
NUMBERS = count()


class SafeRunner(Runner):
    """A Runner that reads files without running code from them.

    That goes for the checkpoint that a training goes on from or starts with,
    and for pretrained weights, which besides have to fill their network.
    """

    def load_checkpoint(
        self,
        filename: str | Path,
        map_location: str | Callable = 'cpu',
        strict: bool = False,
        revise_keys: Sequence[tuple[str, str]] = ((r'^module\.', ''), )
    ) -> dict:
        """Load a checkpoint, see the base class.

        Args:
            filename: The file. No URL.
            map_location: Has no effect: values go to where their owner is.
            strict: Whether the weights must be all of the model's, as they
                have to be in any case where a training goes on.
            revise_keys: Patterns in the names, and what replaces them.

        Returns:
            Its content.

        Raises:
            InputError: The file is missing, no checkpoint, or of another
                model.
        """
        content = read_checkpoint(filename)
        self.call_hook('after_load_checkpoint', checkpoint=content)
        weights = content.get('state_dict', content)
        for pattern, text in revise_keys:
            weights = {re.sub(pattern, text, name): value
                       for name, value in weights.items()}
        if strict or self._resume:
            fill(self._plain_model(), weights, filename)
        else:
            load_state_dict(self._plain_model(), weights, logger=self.logger)
        self._has_loaded = True
        self.logger.info(f'Load checkpoint from {filename}')
        return content

    @staticmethod
    def build_dataloader(dataloader: DataLoader | dict,
                         seed: int | None = None,
                         diff_rank_seed: bool = False) -> DataLoader:
        """Build a loader, see the base class.

        Without workers where they could not hand over a batch.
        """
        if isinstance(dataloader, dict):
            workers = loading_workers(dataloader.get('num_workers', 0))
            dataloader = dict(dataloader, num_workers=workers)
            if not workers:
                dataloader.pop('persistent_workers', None)
                dataloader.pop('prefetch_factor', None)
        loader: DataLoader = Runner.build_dataloader(
            dataloader, seed, diff_rank_seed)
        return loader

    def resume(self,
               filename: str,
               resume_optimizer: bool = True,
               resume_param_scheduler: bool = True,
               map_location: str | Callable = 'default') -> None:
        """Go on from a checkpoint, see the base class.

        Without a seed in the config the checkpoint tells that of the order of
        the images, too, which the sampler has by now.
        """
        drawn, sampler = self.seed, self.train_dataloader.sampler
        super().resume(filename, resume_optimizer, resume_param_scheduler,
                       map_location)
        if getattr(sampler, 'seed', None) == drawn:
            sampler.seed = self.seed

    def register_default_hooks(
            self, hooks: Mapping[str, Hook | dict | None] | None = None
    ) -> None:
        """Register hooks, see the base class; None takes any of them out."""
        super().register_default_hooks({
            name: hook for name, hook in (hooks or {}).items()
            if hook is not None or name in MMENGINE_HOOKS})

    def call_hook(self, fn_name: str, **kwargs: Any) -> None:
        """Call a method of all hooks, see the base class.

        The log resets the peak of a GPU's memory, which is noted before.
        """
        if fn_name.endswith('_iter'):
            peak_gpu_memory()
        super().call_hook(fn_name, **kwargs)

    def _init_model_weights(self) -> None:
        """Initialise the model, see the base class."""
        pretrained = take_pretrained(self._plain_model())
        super()._init_model_weights()
        for module, init_cfg in pretrained:
            load_pretrained(module, init_cfg)

    def _plain_model(self) -> nn.Module:
        """Return the model without what wraps it for several processes."""
        return (self.model.module if is_model_wrapper(self.model)
                else self.model)


def build_runner(cfg: Config,
                 work_dir: str | Path,
                 launcher: str = 'none') -> Runner:
    """Build the runner of a config, for one of the LAUNCHERS.

    They stand in ``comnet.utils.constants.LAUNCHERS``. Logs and
    checkpoints go to ``work_dir``.
    """
    cfg.launcher = launcher
    cfg.work_dir = str(work_dir)
    # two of the same name, in one second, would share their logs
    name = cfg.get('experiment_name') or Path(cfg.filename or 'run').stem
    cfg.experiment_name = f'{name}_{next(NUMBERS)}'
    if cfg.get('visualizer'):
        cfg.visualizer.name = cfg.experiment_name
    init_distributed(launcher, dist_settings(cfg))
    if launcher == 'pytorch' and not torch.cuda.is_available():
        # the wrapper would ask for a GPU, where device_ids are not None
        cfg.setdefault('model_wrapper_cfg', dict(
            type='MMDistributedDataParallel', device_ids=None,
            broadcast_buffers=False,
            find_unused_parameters=cfg.get('find_unused_parameters', False)))
    return SafeRunner.from_cfg(cfg)


def dist_settings(cfg: Config) -> dict[str, Any]:
    """Return ``env_cfg.dist_cfg`` of a config, how its processes join."""
    return dict((cfg.get('env_cfg') or {}).get('dist_cfg') or {})


def init_distributed(launcher: str,
                     settings: Mapping[str, Any] | None = None) -> None:
    """Join the processes of a launcher, unless they have.

    Where there is no GPU it is by gloo; mmengine's own way would ask for one.

    Args:
        launcher: One of ``comnet.utils.constants.LAUNCHERS``.
        settings: Those of mmengine's ``init_dist``. ``timeout``, in seconds
            that they wait for each other, is by default :data:`TIMEOUT`.

    Raises:
        InputError: The launcher takes GPUs and there are none, or the timeout
            is no number above 0.
    """
    if launcher == 'none' or torch.distributed.is_initialized():
        return
    settings = {'timeout': TIMEOUT, **(settings or {})}
    timeout = settings['timeout']
    if not isinstance(timeout, int | float) or not timeout > 0:
        raise InputError(f'env_cfg.dist_cfg.timeout is {timeout!r}; give '
                         'seconds, a number above 0')
    if launcher in ('slurm', 'mpi') and get_device() == 'cpu':
        raise InputError(f'--launcher {launcher} takes GPUs, and there is '
                         'none; use torchrun and --launcher pytorch')
    atexit.register(_leave)
    if not torch.cuda.is_available():
        torch.distributed.init_process_group(
            'gloo', timeout=timedelta(seconds=timeout))
        return
    if launcher == 'slurm':  # two jobs may share a machine
        os.environ.setdefault(
            'MASTER_PORT', str(FIRST_PORT + int(
                os.environ.get('SLURM_JOB_ID', 0)) % NUM_PORTS))
    if get_start_method(allow_none=True) is None:
        # the Runner's; init_dist's own would let each loader's worker import
        set_start_method('fork')
    init_dist(launcher, **settings)


def _leave() -> None:
    """Part from the launcher's other processes."""
    if torch.distributed.is_initialized():
        torch.distributed.destroy_process_group()
        # a data-parallel model keeps gloo's threads alive; one that frees the
        # last message after the interpreter's end aborts the process
        time.sleep(0.2)
