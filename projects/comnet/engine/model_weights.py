# Copyright (c) COMNet contributors. All rights reserved.
"""A checkpoint's weights for its model, also where a part is not in it.

A published checkpoint of a frozen backbone need not carry what everybody has:
its meta says where the weights of that part are from.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from ..utils import InputError
from .checkpoint import fill, read_checkpoint
from .pretrained import find_pretrained, read_pretrained

PRETRAINED = 'pretrained'  # in the meta: the part of the model -> its source


def load_weights(model: nn.Module, path: str | Path) -> None:
    """Load a checkpoint of this very model.

    Raises:
        InputError: The file is missing, no checkpoint, or of another model.
    """
    fill(model, model_weights(read_checkpoint(path), model, path), path)


def model_weights(content: Mapping[str, Any], model: nn.Module,
                  path: str | Path) -> dict[str, Any]:
    """Return the weights of a checkpoint, with what was left out of it.

    Args:
        content: The checkpoint.
        model: What it is for.
        path: Where it comes from.

    Raises:
        InputError: What was left out is not what the model's config has as
            its pretrained weights, or these cannot be had.
    """
    weights = dict(content.get('state_dict', content))
    left_out = content.get('meta', {}).get(PRETRAINED)
    if not left_out:
        return weights
    parts = dict(_pretrained_parts(model))
    for name, source in left_out.items():
        module, init_cfg = parts.get(name, (None, {}))
        if module is None or init_cfg.get('checkpoint') != source:
            raise InputError(
                f'{path}: lacks the weights of {name}, which are {source}; '
                f'give the config that it was trained with, with pretrained='
                f'{source}')
        weights.update(_named(name, read_pretrained(module, init_cfg)))
    return weights


def without_pretrained(model: nn.Module, path: str | Path
                       ) -> tuple[dict[str, Tensor], dict[str, str]]:
    """Split a trained model from the pretrained weights of frozen parts.

    Args:
        model: Its config names the pretrained weights.
        path: The checkpoint that it was filled with.

    Returns:
        The other weights, and the entry of the meta that tells of those.

    Raises:
        InputError: The model has no pretrained weights, or the training has
            changed them.
    """
    weights: dict[str, Tensor] = dict(model.state_dict())
    left_out = {}
    for name, (module, init_cfg) in _pretrained_parts(model):
        source = left_out[name] = init_cfg['checkpoint']
        for key, value in _named(
                name, read_pretrained(module, init_cfg)).items():
            if not torch.equal(weights.pop(key), value):
                raise InputError(
                    f'{path}: {key} is not that of {source} any more: it was '
                    'trained; publish the whole model, without a config')
    if not left_out:
        raise InputError(f'{path}: its config has no pretrained weights that '
                         'could be left out; publish it without a config')
    return weights, left_out


def _pretrained_parts(model: nn.Module
                      ) -> Iterator[tuple[str, tuple[nn.Module, dict]]]:
    """Yield the name of each part with pretrained weights, it, its cfg."""
    names = {id(module): name for name, module in model.named_modules()}
    for module, init_cfg in find_pretrained(model):
        yield names[id(module)], (module, init_cfg)


def _named(name: str, weights: Mapping[str, Tensor]
           ) -> dict[str, Tensor]:
    """Return a part's weights with the names that they have in the model."""
    return {f'{name}.{key}': value for key, value in weights.items()}
