# Copyright (c) COMNet contributors. All rights reserved.
"""A training by iterations that is as long as its data ask for."""

from collections.abc import Mapping
from typing import Any

from mmengine.config import Config

from ..datasets.voc_folder import read_split
from ..utils import InputError

SETTING = 'auto_scale_iters'
LENGTH = 'train_cfg.max_iters'
FITTED = 'fitted'  # there, what was changed


def fit_length(cfg: Config, options: Mapping[str, Any]) -> None:
    """Shorten a training where it has fewer images than it is meant for.

    ``auto_scale_iters=dict(base_num_images=294, at_least=100)`` asks for
    iterations in proportion to the images of the training, from ``at_least``
    on, and not more than the config says. What ends with them, such as the
    schedule, does so still. ``train_cfg.max_iters`` among the ``options`` is
    kept as it is.

    Args:
        cfg: The config, which is changed.
        options: What has overridden it.

    Raises:
        InputError: The list of the images is missing, or the setting wrong.
    """
    scaling: Any = cfg.get(SETTING)
    if not scaling or LENGTH in options:
        return
    base, least = (_count(cfg, scaling, key)
                   for key in ('base_num_images', 'at_least'))
    dataset = cfg.train_dataloader.dataset
    number = len(read_split(dataset.data_root, dataset.image_set_path))
    before: int = cfg.train_cfg.max_iters
    length = min(before, max(least, round(before * number / base)))
    if length == before:
        return
    scaling[FITTED] = dict(num_images=number, max_iters=before)
    cfg.train_cfg.max_iters = length
    if cfg.train_cfg.get('val_interval', 0) > before:  # never, that is
        cfg.train_cfg.val_interval = length + 1
    schedulers = cfg.get('param_scheduler') or []
    for scheduler in ([schedulers] if isinstance(schedulers, dict)
                      else schedulers):
        if scheduler.get('end') == before:
            scheduler['end'] = length


def fitted_length(cfg: Config) -> str:
    """Tell what :func:`fit_length` has changed, '' where it was nothing."""
    scaling: Mapping[str, Any] = cfg.get(SETTING) or {}
    if FITTED not in scaling:
        return ''
    return (f'{cfg.train_cfg.max_iters} iterations for '
            f'{scaling[FITTED].num_images} images '
            f'({scaling[FITTED].max_iters} from {scaling["base_num_images"]} '
            f'images on); {LENGTH} sets another number')


def _count(cfg: Config, scaling: Mapping[str, Any], key: str) -> int:
    """Return a number of the setting.

    Raises:
        InputError: It is none from 1 on.
    """
    value = scaling.get(key)
    if not isinstance(value, int) or value < 1:
        raise InputError(f'{cfg.filename}: {SETTING}.{key} is {value!r}; give '
                         'a whole number from 1 on')
    return value
