# Copyright (c) COMNet contributors. All rights reserved.
"""The part of a config that a result depends on."""

from collections.abc import Mapping
from typing import Any

from mmengine.config import Config

TRAINING = ('model', 'train_dataloader', 'optim_wrapper', 'param_scheduler',
            'train_cfg', 'randomness', 'custom_hooks', 'auto_scale_lr',
            'sync_bn')
# where things are, which has its own identity, and how fast they are read
PLACES = frozenset((
    'data_root', 'image_set_path', 'labels', 'seg_map_dir', 'checkpoint',
    'cache_dir', 'out_dir', 'num_workers', 'persistent_workers', 'pin_memory',
    'prefetch_factor', 'val_interval', 'val_begin'))
WITHOUT_EFFECT = ('CAMHook', 'ProgressHook')  # on a training


def training_settings(cfg: Config) -> dict:
    """Return what a training depends on, its inputs left out."""
    settings = {key: _without_places(cfg[key])
                for key in TRAINING if key in cfg}
    settings['custom_hooks'] = [
        hook for hook in settings.get('custom_hooks') or ()
        if hook.get('type') not in WITHOUT_EFFECT]
    return settings


def prediction_settings(cfg: Config, loader: str) -> dict:
    """Return what the predictions of a network depend on.

    Args:
        cfg: Its config.
        loader: The loader of the images, such as 'test_dataloader'.
    """
    settings = dict(model=_without_places(cfg.model),
                    dataset=_without_places(cfg[loader].dataset))
    if (cfg.get('test_cfg') or {}).get('fp16'):
        settings['fp16'] = True
    return settings


def _without_places(node: Any) -> Any:
    """Return plain dicts and lists without the keys of :data:`PLACES`."""
    if isinstance(node, Mapping):
        return {key: _without_places(value) for key, value in node.items()
                if key not in PLACES}
    if isinstance(node, list | tuple):
        return [_without_places(child) for child in node]
    return node
