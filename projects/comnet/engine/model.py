# Copyright (c) COMNet contributors. All rights reserved.
"""Trained models, without a Runner."""

from pathlib import Path

from mmengine.config import Config
from mmengine.device import get_device
from mmengine.model import BaseModel
from mmengine.registry import MODELS

from .checkpoint import load_weights


def trained_model(cfg: Config, checkpoint: str | Path) -> BaseModel:
    """Build a config's model for prediction, in the scope that is set.

    Args:
        cfg: The config.
        checkpoint: Checkpoint of its model, which holds all of its weights.

    Returns:
        The model, on the device that mmengine chooses.

    Raises:
        InputError: The checkpoint is missing, none, or of another model.
    """
    model = MODELS.build(cfg.model)
    load_weights(model, checkpoint)
    return model.to(get_device()).eval()
