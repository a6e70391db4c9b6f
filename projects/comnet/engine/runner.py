# Copyright (c) COMNet contributors. All rights reserved.
"""What the tools that build a Runner share."""

import argparse
from datetime import timedelta
from pathlib import Path

import torch
from mmengine.config import Config
from mmengine.dist import init_dist
from mmengine.runner import Runner

from .checkpoint import forbid_unpickling
from .config import add_cfg_options

LAUNCHERS = ('none', 'pytorch', 'slurm', 'mpi')
PATIENCE = timedelta(days=7)


def add_runner_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that OpenMMLab's tools have in common."""
    parser.add_argument(
        '--work-dir', help='folder of logs and checkpoints')
    add_cfg_options(parser)
    parser.add_argument(
        '--launcher',
        choices=LAUNCHERS,
        default='none',
        help='job launcher')
    parser.add_argument('--local_rank', '--local-rank', type=int, default=0)


def build_runner(cfg: Config, args: argparse.Namespace) -> Runner:
    """Build the runner of a config.

    Args:
        cfg: The config; its work_dir defaults to ``work_dirs/CONFIG_NAME``.
        args: What :func:`add_runner_options` has parsed.

    Returns:
        The runner.
    """
    cfg.launcher = args.launcher
    cfg.work_dir = args.work_dir or cfg.get('work_dir') or str(
        Path('work_dirs') / Path(cfg.filename).stem)
    forbid_unpickling()
    if _init_gloo(args.launcher):
        # the wrapper would ask for a GPU, where device_ids are not None
        cfg.setdefault('model_wrapper_cfg', dict(
            type='MMDistributedDataParallel', device_ids=None,
            broadcast_buffers=False,
            find_unused_parameters=cfg.get('find_unused_parameters', False)))
    return Runner.from_cfg(cfg)


def init_distributed(launcher: str) -> None:
    """Join the processes of a launcher, for tools without a Runner.

    They wait for each other as long as it takes.
    """
    if launcher != 'none' and not _init_gloo(launcher):
        init_dist(launcher, timeout=PATIENCE.total_seconds())


def _init_gloo(launcher: str) -> bool:
    """Join the launcher's processes where there is no GPU.

    mmengine's own way would ask for one.
    """
    gloo = launcher == 'pytorch' and not torch.cuda.is_available()
    if gloo:
        torch.distributed.init_process_group('gloo', timeout=PATIENCE)
    return gloo
