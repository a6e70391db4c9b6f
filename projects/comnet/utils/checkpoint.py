# Copyright (c) COMNet contributors. All rights reserved.
"""Checkpoints that are what they should be."""

from pathlib import Path
from pickle import UnpicklingError

from mmengine.runner import CheckpointLoader
from mmengine.runner.checkpoint import load_state_dict
from torch import nn

from .errors import InputError


def load_weights(model: nn.Module, path: str | Path) -> dict:
    """Load a checkpoint of this very model.

    Args:
        model: The model, changed in place.
        path: Checkpoint written by a training.

    Returns:
        The checkpoint.

    Raises:
        InputError: The file is missing, no checkpoint, or of another model.
    """
    if not Path(path).is_file():
        raise InputError(f'{path}: no such checkpoint')
    try:
        checkpoint = CheckpointLoader.load_checkpoint(
            str(path), map_location='cpu')
        state_dict = checkpoint['state_dict']
    except (OSError, UnpicklingError, RuntimeError, EOFError, KeyError,
            TypeError, AttributeError) as error:
        raise InputError(f'{path}: not a checkpoint; give a file that '
                         'tools/train.py wrote') from error
    try:
        load_state_dict(model, state_dict, strict=True)
    except RuntimeError as error:
        raise InputError(
            f'{path}: checkpoint of another model; give one that was '
            f'trained with this config ({_first_mismatch(error)})') from error
    return checkpoint


def _first_mismatch(error: RuntimeError) -> str:
    """Return the first parameter that does not fit, short."""
    lines = [line for line in str(error).splitlines() if line.strip()]
    return lines[1].strip()[:100] if len(lines) > 1 else lines[0][:100]
