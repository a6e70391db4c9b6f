# Copyright (c) COMNet contributors. All rights reserved.
"""The part of a config that a result depends on."""

from collections.abc import Mapping
from typing import Any

from mmengine.config import Config

from ..utils import InputError
from ..utils.schema import Limits, check_value
from .pretrained import is_pretrained

TRAINING = ('model', 'train_dataloader', 'optim_wrapper', 'param_scheduler',
            'train_cfg', 'randomness', 'auto_scale_lr', 'sync_bn')
# where things are, which has its own identity, and how fast they are read
PLACES = frozenset((
    'data_root', 'image_set_path', 'labels', 'seg_map_dir', 'corrected_dir',
    'cache_dir', 'out_dir', 'directions', 'num_workers', 'persistent_workers',
    'pin_memory', 'prefetch_factor', 'val_interval', 'val_begin'))
# hooks on which no training depends
WITHOUT_EFFECT = frozenset((
    'IterTimerHook', 'LoggerHook', 'RuntimeInfoHook', 'CheckpointHook',
    'SegVisualizationHook', 'VisualizationHook', 'CAMHook', 'CAMPictureHook',
    'ProgressHook', 'CuDNNBenchmarkHook', 'CheckWeightsHook',
    'FiniteHook', 'WholeCheckpointHook'))
COUNT = Limits(at_least=1)
# of a training, where they are given
NUMBERS: dict[str, tuple[tuple[Any, ...], Limits]] = {
    'optim_wrapper.optimizer.lr': ((float, ), Limits(above=0)),
    'optim_wrapper.optimizer.weight_decay': ((float, ), Limits(at_least=0)),
    'optim_wrapper.optimizer.momentum': (
        (float, ), Limits(at_least=0, below=1)),
    'train_dataloader.batch_size': ((int, ), COUNT),
    'train_dataloader.num_workers': ((int, ), Limits(at_least=0)),
    'train_cfg.max_epochs': ((int, ), COUNT),
    'train_cfg.max_iters': ((int, ), COUNT),
    'train_cfg.val_interval': ((int, ), COUNT),
    'randomness.seed': ((int, type(None)), Limits(at_least=0, below=2**32))}


def hook_settings(hook: Mapping) -> dict:
    """Return what a hook does, without where it reads and writes."""
    settings: dict = _without_places(hook)
    return settings


def check_training(cfg: Config) -> None:
    """Check the numbers of a training, before it begins.

    Raises:
        InputError: One means nothing, see :data:`NUMBERS`; or it is the
            config of no training.
    """
    for name in ('train_dataloader', 'optim_wrapper', 'train_cfg'):
        if not isinstance(cfg.get(name), Mapping):
            raise InputError(f'{cfg.filename}: no {name}; give the config of a'
                             ' network that is trained')
    for name, (kinds, limits) in NUMBERS.items():
        *path, key = name.split('.')
        node: Any = cfg
        for part in path:
            node = node.get(part) or {}
        if key not in node:
            continue
        try:
            check_value(name, node[key], kinds, limits)
        except InputError as error:
            raise InputError(f'{cfg.filename}: {error}') from error


def training_settings(cfg: Config) -> dict:
    """Return what a training depends on, its inputs left out."""
    settings: dict[str, Any] = {
        key: _without_places(cfg[key], initial=True)
        for key in TRAINING if key in cfg}
    if not (cfg.get('auto_scale_lr') or {}).get('enable'):
        settings.pop('auto_scale_lr', None)
    settings['default_hooks'] = {
        name: _without_places(hook)
        for name, hook in (cfg.get('default_hooks') or {}).items()
        if _has_effect(hook)}
    settings['custom_hooks'] = [
        _without_places(hook) for hook in cfg.get('custom_hooks') or ()
        if _has_effect(hook)]
    return settings


def _has_effect(hook: Mapping | None) -> bool:
    """Whether a hook, its type with or without scope, changes a training."""
    return hook is not None and (
        str(hook['type']).split('.')[-1] not in WITHOUT_EFFECT)


def prediction_settings(cfg: Config, loader: str) -> dict:
    """Return what the predictions of a network depend on.

    ``loader`` is that of the images, such as 'test_dataloader'.
    """
    settings = dict(model=_without_places(cfg.model),
                    dataset=_without_places(cfg[loader].dataset))
    if (cfg.get('test_cfg') or {}).get('fp16'):
        settings['fp16'] = True
    return settings


def _without_places(node: Any, initial: bool = False) -> Any:
    """Return plain dicts and lists without the keys of :data:`PLACES`.

    ``initial`` says whether it matters how weights are initialised.
    """
    if isinstance(node, Mapping):
        return {key: _without_places(value, initial)
                for key, value in node.items()
                if key not in PLACES
                and (key != 'init_cfg' or initial and _tells(value))
                and (key != 'checkpoint' or not is_pretrained(node))}
    if isinstance(node, list | tuple):
        return [_without_places(child, initial) for child in node]
    return node


def _tells(init_cfg: Any) -> bool:
    """Whether it says more than a file, which has its own identity."""
    if isinstance(init_cfg, Mapping) and is_pretrained(init_cfg):
        return init_cfg.get('prefix') is not None
    return bool(init_cfg)
