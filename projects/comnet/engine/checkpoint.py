# Copyright (c) COMNet contributors. All rights reserved.
"""Checkpoints that are what they should be, and run nothing."""

from pathlib import Path
from typing import Any

import torch
from mmengine.runner.checkpoint import load_state_dict
from torch import Tensor, nn

from ..utils import InputError
from ..utils.plain_arrays import with_arrays
from .unpickling import TRAINING_GLOBALS


def read_checkpoint(path: str | Path) -> dict[str, Any]:
    """Read a checkpoint without running code from it.

    Beside tensors a training's checkpoint holds the log's history, arrays of
    NumPy. The text of the config, which mmengine would run as Python, is left
    out.

    Args:
        path: File written by a training, or of weights alone.

    Returns:
        Its content, on the CPU.

    Raises:
        InputError: The file is missing or no checkpoint.
    """
    if not Path(path).is_file():
        raise InputError(f'{path}: no such checkpoint')
    try:
        with torch.serialization.safe_globals(TRAINING_GLOBALS):
            content = torch.load(path, map_location='cpu', weights_only=True)
        content = with_arrays(content)
        weights = content.get('state_dict', content)
        if not all(isinstance(value, Tensor) for value in weights.values()):
            raise TypeError('weights that are no tensors')
        for key in ('cfg', 'config'):
            content.get('meta', {}).pop(key, None)
    except Exception as error:  # a broken file raises anything
        raise InputError(f'{path}: not a checkpoint; give a file that '
                         'tools/train.py wrote, or one of weights alone'
                         ) from error
    return content


def load_weights(model: nn.Module, path: str | Path) -> None:
    """Load a checkpoint of this very model.

    Args:
        model: The model, changed in place.
        path: Checkpoint written by a training.

    Raises:
        InputError: The file is missing, no checkpoint, or of another model.
    """
    content = read_checkpoint(path)
    fill(model, content.get('state_dict', content), path)


def fill(model: nn.Module, state_dict: dict[str, Any],
         path: str | Path) -> None:
    """Load the weights of this very model.

    Args:
        model: The model, changed in place.
        state_dict: Its weights by name.
        path: Where they come from, for the message.

    Raises:
        InputError: They are of another model.
    """
    try:
        load_state_dict(model, state_dict, strict=True)
    except (RuntimeError, TypeError, AttributeError) as error:
        raise InputError(
            f'{path}: checkpoint of another model; give one that was '
            f'trained with this config ({_first_mismatch(error)})') from error


def _first_mismatch(error: Exception) -> str:
    """Return the first parameter that does not fit, short."""
    lines = [line for line in str(error).splitlines() if line.strip()]
    return (lines[1] if len(lines) > 1 else ' '.join(lines)).strip()[:100]
