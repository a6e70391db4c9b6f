# Copyright (c) COMNet contributors. All rights reserved.
"""Checkpoints that are what they should be."""

import os
from pathlib import Path
from pickle import UnpicklingError

import numpy as np
import torch
from mmengine.logging import HistoryBuffer
from mmengine.runner import CheckpointLoader
from mmengine.runner.checkpoint import load_state_dict
from torch import Tensor, nn

from ..utils.errors import InputError


def forbid_unpickling() -> None:
    """Make torch refuse checkpoints that would run code of their own.

    Beside tensors a training's checkpoint holds the log's history, which
    takes the rest of the list.
    """
    os.environ['TORCH_FORCE_WEIGHTS_ONLY_LOAD'] = '1'
    array_parts = np.ones(1).__reduce__()[0], np.float64(0).__reduce__()[0]
    dtypes = {type(np.dtype(name)) for name in ('f4', 'f8', 'i4', 'i8', 'u4')}
    torch.serialization.add_safe_globals([
        HistoryBuffer, slice, getattr, np.ndarray, np.dtype, *array_parts,
        *dtypes
    ])


def load_weights(model: nn.Module, path: str | Path) -> None:
    """Load a checkpoint of this very model.

    Args:
        model: The model, changed in place.
        path: Checkpoint written by a training.

    Raises:
        InputError: The file is missing, no checkpoint, or of another model.
    """
    try:
        load_state_dict(model, _read_state_dict(path), strict=True)
    except RuntimeError as error:
        raise InputError(
            f'{path}: checkpoint of another model; give one that was '
            f'trained with this config ({_first_mismatch(error)})') from error


def check_pretrained(backbone: nn.Module, init_cfg: dict | None) -> None:
    """Make sure that a file of weights fills a whole backbone.

    OpenMMLab's initialisation takes what fits and leaves the rest as it is.

    Args:
        backbone: Backbone, with or without these weights.
        init_cfg: Its init_cfg; only files are checked, not URLs.

    Raises:
        InputError: The file is no checkpoint, or of another network.
    """
    if not init_cfg or '://' in str(init_cfg.get('checkpoint', '://')):
        return
    path, prefix = init_cfg['checkpoint'], init_cfg.get('prefix') or ''
    if not Path(path).is_file():
        raise InputError(f'{path}: no such weights; set pretrained to a file, '
                         'to a URL such as torchvision://resnet50, or to '
                         'None')
    state_dict = _read_state_dict(path)
    for name, value in backbone.state_dict().items():
        given = state_dict.get(prefix + name)
        if name.endswith('num_batches_tracked'):
            continue
        if given is None or given.shape != value.shape:
            raise InputError(
                f'{path}: weights of another network, {prefix + name} of '
                f'shape {tuple(value.shape)} is not in it; set pretrained to '
                'weights of this backbone')


def _read_state_dict(path: str | Path) -> dict[str, Tensor]:
    """Read the weights of a checkpoint without running code from it."""
    if not Path(path).is_file():
        raise InputError(f'{path}: no such checkpoint')
    forbid_unpickling()
    try:
        checkpoint = CheckpointLoader.load_checkpoint(
            str(path), map_location='cpu')
        return dict(checkpoint.get('state_dict', checkpoint))
    except (OSError, UnpicklingError, RuntimeError, EOFError, KeyError,
            TypeError, AttributeError) as error:
        raise InputError(f'{path}: not a checkpoint; give a file that '
                         'tools/train.py wrote') from error


def _first_mismatch(error: RuntimeError) -> str:
    """Return the first parameter that does not fit, short."""
    lines = [line for line in str(error).splitlines() if line.strip()]
    return lines[1].strip()[:100] if len(lines) > 1 else lines[0][:100]
