# Copyright (c) COMNet contributors. All rights reserved.
"""Trained models, without a Runner, and the scope that they are built in."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from pathlib import Path
from typing import Any

import torch
from mmengine.config import Config
from mmengine.device import get_device
from mmengine.model import BaseModel
from mmengine.registry import MODELS, DefaultScope

from ..datasets.voc_folder import read_classes
from ..utils import InputError
from .carried_config import read_carried
from .checkpoint import fill, read_checkpoint
from .config import augment_test, completed, load_config
from .model_weights import load_weights, model_weights

BACKGROUND = 'background'


@contextmanager
def scope_of(cfg: Config) -> Iterator[None]:
    """Make a config's scope the default, and the one before it afterwards.

    A Runner would leave its own behind.
    """
    with DefaultScope.overwrite_default_scope(
            cfg.get('default_scope') or 'mmengine'):
        yield


def trained_model(cfg: Config, checkpoint: str | Path) -> BaseModel:
    """Build a config's model for prediction, in the scope that is set.

    It is on the device that mmengine chooses, with the checkpoint's weights.

    Raises:
        InputError: The checkpoint is missing, none, or of another model.
    """
    model = MODELS.build(deepcopy(cfg.model))  # models change theirs
    load_weights(model, checkpoint)
    return model.to(get_device()).eval()


def load_trained(config: str | Path | None,
                 checkpoint: str | Path,
                 options: Mapping[str, Any] | None = None,
                 tta: bool = False,
                 device: str | None = None
                 ) -> tuple[Config, BaseModel, tuple[str, ...]]:
    """Load a model for pictures of any kind; the training's data may be gone.

    Args:
        config: Its config file; None for the one that the checkpoint carries.
        checkpoint: Its checkpoint, which names the classes. Where it is of
            weights alone those of the config's ``data_root`` count.
        options: Settings that override those of the config.
        tta: Whether to predict with the augmentations of its
            ``tta_pipeline``.
        device: Such as 'cuda:1'; by default what mmengine chooses.

    Returns:
        The config, the model on the device, and the classes without
        background.

    Raises:
        InputError: Something given is missing or wrong.
    """
    where = _device(device)
    content = read_checkpoint(checkpoint)
    classes = _classes(content)
    cfg = (completed(read_carried(content, checkpoint), options, classes)
           if config is None else load_config(config, options, classes))
    if classes is None:
        classes = read_classes(cfg.data_root)
    if 'cache_dir' in cfg.model.get('backbone', {}):
        cfg.model.backbone.cache_dir = None  # no picture comes again
    if tta:
        augment_test(cfg)
    with scope_of(cfg):
        model = MODELS.build(cfg.model)
    fill(model, model_weights(content, model, checkpoint), checkpoint)
    return cfg, model.to(where).eval(), classes


def _device(name: str | None) -> torch.device:
    """Return a device by its name, or the one that mmengine chooses.

    Raises:
        InputError: There is no such device.
    """
    if name is None:
        return torch.device(get_device())
    try:
        device = torch.device(name)
        torch.empty(1, device=device)  # which asks for it
    except (RuntimeError, AssertionError) as error:
        raise InputError(
            f'device {name}: not there ({str(error).splitlines()[0]}); give '
            'cpu, or cuda:0 where there is a GPU') from error
    return device


def _classes(content: Mapping[str, Any]) -> tuple[str, ...] | None:
    """Return the classes that a checkpoint names, without background."""
    dataset = content.get('meta', {}).get('dataset_meta') or {}
    names = tuple(dataset.get('classes') or ())
    return (names[1:] if names[:1] == (BACKGROUND, ) else names) or None
