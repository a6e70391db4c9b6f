# Copyright (c) COMNet contributors. All rights reserved.
"""Training of a classifier, an IRNet or a segmentor."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mmengine.config import Config
from mmengine.device import get_device

from ..datasets.check_masks import check_masks
from ..datasets.identity import folder_identity, images_identity
from ..datasets.image_labels import ANNOTATIONS
from ..datasets.voc_folder import read_split
from ..engine.bf16_optim_wrapper import BF16OptimWrapper
from ..engine.config import (
    default_work_dir,
    initial_weights,
    load_config,
)
from ..engine.pretrained import pretrained_file
from ..engine.runner import build_runner
from ..engine.scope import scope_of
from ..engine.settings import training_settings
from ..utils import InputError
from ..utils.memory import keep_freed_memory
from ..utils.record import Record, file_identity, making


def train(config: str | Path,
          work_dir: str | Path | None = None,
          options: Mapping[str, Any] | None = None,
          resume: bool | str | Path = False,
          amp: bool = False,
          validate: bool = True,
          launcher: str = 'none') -> Path:
    """Train the model of a config.

    On a CPU the process keeps the memory of a step for the next and, where it
    goes on, for what follows.

    Args:
        config: Config file.
        work_dir: Folder of logs, checkpoints and the record. By default the
            config's, or ``work_dirs/CONFIG_NAME``.
        options: Settings that override those of the config, such as
            ``dict(data_root=...)``.
        resume: Whether to go on from the last checkpoint in the folder, if
            there is one, or the checkpoint to go on from.
        amp: Whether to train with mixed precision: float16 on a GPU,
            bfloat16 on a CPU.
        validate: Whether to validate while training.
        launcher: 'none', 'pytorch', 'slurm' or 'mpi'.

    Returns:
        The last checkpoint.

    Raises:
        InputError: Something given is missing or wrong.
    """
    cfg = load_config(config, options)
    if amp:
        if get_device() == 'cpu':
            cfg.optim_wrapper.type = BF16OptimWrapper.__name__
        else:
            cfg.optim_wrapper.type = 'AmpOptimWrapper'
            cfg.optim_wrapper.setdefault('loss_scale', 'dynamic')
    if get_device() == 'cpu':
        keep_freed_memory()
    if not validate:
        cfg.val_cfg = cfg.val_dataloader = cfg.val_evaluator = None
    dataset = cfg.train_dataloader.dataset
    if 'image_set_path' in dataset and dataset.get('seg_map_dir') is not None:
        check_masks(dataset.data_root, dataset.image_set_path,
                    dataset.seg_map_dir)
    work_dir = Path(work_dir or default_work_dir(cfg))
    record = training_record(cfg)
    if resume:
        start = (last_checkpoint(work_dir) if resume is True else resume)
        cfg.resume = bool(start)
        if start:
            cfg.load_from = str(start)
    with scope_of(cfg):
        runner = build_runner(cfg, work_dir, launcher)
        before = Record.read(work_dir) if resume else None
        if before is not None and not before.changes(record):
            record.seconds = before.seconds
        with making(work_dir, record):
            runner.train()
    return checkpoint_in(work_dir)


def training_record(cfg: Config) -> Record:
    """Return what the training of a config depends on."""
    dataset = cfg.train_dataloader.dataset
    inputs = {}
    if 'image_set_path' in dataset:  # a data set of this project
        root, image_list = dataset.data_root, dataset.image_set_path
        masks = dataset.get('seg_map_dir')
        labels = dataset.get('labels', ANNOTATIONS) if masks is None else None
        inputs['images'] = images_identity(root, image_list, labels)
        if masks is not None:
            inputs['labels'] = folder_identity(
                Path(root) / masks, read_split(root, image_list), '.png')
    for name, weights in initial_weights(cfg).items():
        inputs[name] = (weights if '://' in weights else
                        file_identity(pretrained_file(weights)))
    if cfg.get('load_from'):
        inputs['load_from'] = file_identity(cfg.load_from)
    return Record(training_settings(cfg), inputs)


def last_checkpoint(work_dir: str | Path) -> Path | None:
    """Return the last checkpoint of a training, None before the first.

    Only its name is read from mmengine's note: the folder may have moved.
    """
    note = Path(work_dir) / 'last_checkpoint'
    if not note.is_file():
        return None
    name = Path(note.read_text().strip()).name  # empty if it was cut off
    return note.with_name(name) if (note.parent / name).is_file() else None


def checkpoint_in(work_dir: str | Path) -> Path:
    """Return the last checkpoint of a training.

    Raises:
        InputError: There is none.
    """
    path = last_checkpoint(work_dir)
    if path is None:
        raise InputError(f'{work_dir}: no checkpoint; train into it first')
    return path
