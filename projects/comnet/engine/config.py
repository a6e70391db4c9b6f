# Copyright (c) COMNet contributors. All rights reserved.
"""Configs whose data, weights and classes are set in one place."""

import argparse
from collections.abc import Iterator
from pathlib import Path

from mmengine.config import Config, ConfigDict, DictAction

from ..datasets.voc_folder import read_classes
from ..utils.errors import InputError


def add_cfg_options(parser: argparse.ArgumentParser) -> None:
    """Add OpenMMLab's option for settings of a config."""
    parser.add_argument(
        '--cfg-options',
        nargs='+',
        action=DictAction,
        metavar='KEY=VALUE',
        help='settings that override those of the config, such as data_root')


def load_config(path: str | Path, options: dict | None = None) -> Config:
    """Read a config file and make its top-level settings take effect.

    A config of this project names its folder and weights once, at the top
    level: ``data_root`` goes to every data set and ``pretrained`` to the
    backbone's ``init_cfg``; the number of classes of the head is that of
    the folder's ``classes.txt``. So ``--cfg-options data_root=DIR`` is all it
    takes to use other data.

    Args:
        path: Config file.
        options: What ``--cfg-options`` gave.

    Returns:
        The config.

    Raises:
        InputError: No such file, or not a valid config.
    """
    cfg = read_config(path, options)
    if 'model' not in cfg:
        raise InputError(f'{path}: no model; give the config of a model (that '
                         'of a pipeline is for tools/pipeline.py)')
    if 'data_root' in cfg:
        _set_data_root(cfg, cfg.data_root)
    if 'pretrained' in cfg:
        _set_pretrained(cfg, cfg.pretrained)
    for node in _dicts(cfg._cfg_dict):
        if node.get('num_workers') == 0:
            node.pop('persistent_workers', None)  # there are none to keep
    _check_group_size(cfg)
    cfg.merge_from_dict(options or {})  # what is set in one place only wins
    return cfg


def read_config(path: str | Path, options: dict | None = None) -> Config:
    """Read any config file.

    Raises:
        InputError: No such file, or not a valid config.
    """
    if not Path(path).is_file():
        raise InputError(f'{path}: no such config file')
    try:
        cfg = Config.fromfile(path)
        cfg.merge_from_dict(options or {})
    except (OSError, SyntaxError, KeyError, TypeError,
            AssertionError) as error:
        reason = str(error).replace('\n', ' ')
        raise InputError(f'{path}: not a valid config ({reason}); mend it or '
                         'the --cfg-options') from error
    return cfg


def _set_data_root(cfg: Config, data_root: str) -> None:
    """Point every data set at a folder and the heads at its classes."""
    for node in _dicts(cfg._cfg_dict):
        if 'data_root' in node:
            node.data_root = data_root
    num_classes = len(read_classes(data_root))
    if 'head' in cfg.model:
        cfg.model.head.num_classes = num_classes
    if 'decode_head' in cfg.model:
        cfg.model.decode_head.num_classes = num_classes + 1


def _set_pretrained(cfg: Config, pretrained: str | None) -> None:
    """Initialise the backbone from a file or URL, or not at all."""
    backbone = cfg.model.backbone
    if pretrained is None:
        backbone.init_cfg = None
        return
    init_cfg = backbone.get('init_cfg') or dict(type='Pretrained')
    backbone.init_cfg = dict(init_cfg, checkpoint=pretrained)


def _check_group_size(cfg: Config) -> None:
    """Make sure that groups are loaded as they are matched."""
    dataset = cfg.get('train_dataloader', {}).get('dataset', {})
    loaded = dataset.get('group_size', 2)
    for neck in cfg.model.get('neck') or []:
        matched = neck.get('group_size', 2)
        if neck.type == 'InterMatching' and matched != loaded:
            raise InputError(
                f'{cfg.filename}: groups of {loaded} are loaded, but '
                f'InterMatching matches {matched}; set both group_size alike')


def _dicts(node: object) -> Iterator[ConfigDict]:
    """Walk over all dicts of a config, however deep."""
    if isinstance(node, ConfigDict):
        yield node
        node = list(node.values())
    if isinstance(node, list | tuple):
        for child in node:
            yield from _dicts(child)
