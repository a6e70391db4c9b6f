# Copyright (c) COMNet contributors. All rights reserved.
"""The trained models that come with this package."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from ..utils import InputError
from ..utils.given import alone
from ..utils.package_files import PACKAGE

INDEX = PACKAGE / 'models_index'


@dataclass(frozen=True)
class TrainedModel:
    """What a model is built from.

    Attributes:
        config: Its config file; None for the one that the checkpoint carries.
        checkpoint: Its checkpoint.
        options: Settings that override those of the config.
    """
    config: str | Path | None
    checkpoint: str | Path
    options: Mapping[str, Any] = field(default_factory=dict)


def model_names() -> list[str]:
    """Return the names of the models that come with this package."""
    return sorted(path.parent.name for path in INDEX.glob('*/model.json'))


def find_model(name: str | Path, network: str) -> TrainedModel:
    """Return a model that comes with this package.

    Args:
        name: Its name, such as 'lite0-voc'.
        network: 'segmentor' or 'classifier'.

    Raises:
        InputError: There is no such model, or it has no such network.
    """
    names = model_names()
    if str(name) not in names:
        raise InputError(
            f'{name}: no model that comes with COMNet, which are '
            f'{", ".join(names)}; name one, or give a checkpoint (.pth)')
    folder = INDEX / str(name)
    card = json.loads((folder / 'model.json').read_text(encoding='utf-8'))
    if network not in card:
        raise InputError(f'{name}: has no {network}; name another model')
    part = card[network]
    files = {key: str(folder / file)
             for key, file in part.get('files', {}).items()}
    return TrainedModel(part['config'], folder / part['checkpoint'], files)


def given_model(config: str | Path | None, checkpoint: str | Path | None,
                options: Mapping[str, Any] | None,
                network: str) -> TrainedModel:
    """Return the model of a config and its checkpoint, or that of a name.

    Args:
        config: Config file; without a checkpoint the name of a model, or a
            checkpoint that carries its config.
        checkpoint: Its checkpoint.
        options: Settings that override those of the config.
        network: 'segmentor' or 'classifier'.

    Raises:
        InputError: See :func:`find_model`.
    """
    config, checkpoint = alone(config, checkpoint)
    if checkpoint is not None:
        return TrainedModel(config, checkpoint, options or {})
    found = find_model(config or '', network)
    return replace(found, options={**found.options, **(options or {})})
