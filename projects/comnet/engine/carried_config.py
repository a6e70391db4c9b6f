# Copyright (c) COMNet contributors. All rights reserved.
"""The config of a network in its checkpoint, as data.

mmengine keeps it there as Python, which reading would have to run. A config of
plain values is no safe thing either: it names what is called, and files that
are read. So of what a checkpoint carries only components of known modules are
built, and no text in it can be a path.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mmengine.config import Config

from ..utils import InputError
from .config_file import read_config
from .names import registered
from .pretrained import is_pretrained

CARRIED = 'network_config'  # in the meta of a checkpoint
RUNTIME = '_base_/default_runtime.py'
SCOPES = ('mmseg', 'mmpretrain', 'mmengine')
# where components are from that load no file and call nothing that their
# settings name; mmseg's VPD and mmpretrain's HuggingFaceClassifier do
MODULES = re.compile(
    r'(comnet|mmcv\.(cnn\.bricks|ops|transforms)'
    r'|mmengine\.model|torch\.nn'
    r'|mmpretrain\.(datasets\.transforms|models\.(backbones|classifiers\.image'
    r'|heads|losses|necks|tta|utils\.data_preprocessor))'
    r'|mmseg\.(datasets\.transforms|models\.(backbones\.(?!vpd)\w+'
    r'|data_preprocessor|decode_heads|losses|necks|segmentors)))(\.|$)')
WORDS = re.compile(r'[\w-]*')
DOTTED = ('model_name', 'prefix')  # keys of texts with dots: timm's, weights'
PLACES = ('cache_dir', 'directions', 'out_dir')  # of the training's machine
PLAIN = (str, int, float, bool, type(None))


def to_carry(cfg: Config) -> dict[str, Any] | None:
    """Return what a network's config says of predictions, as plain values.

    Files of the machine are left out. None where there is no network, or
    where :func:`read_carried` would refuse it, as with components of a
    user's own.
    """
    loader = cfg.get('test_dataloader') or cfg.get('val_dataloader')
    if 'model' not in cfg or not loader:
        return None
    kept = {key: cfg[key] for key in (
        'model', 'default_scope', 'tta_model', 'tta_pipeline') if key in cfg}
    kept['test_dataloader'] = dict(
        dataset=dict(pipeline=loader['dataset'].get('pipeline')))
    hook = (cfg.get('default_hooks') or {}).get('cam')
    if hook is not None:
        kept['default_hooks'] = dict(cam=hook)
    try:
        carried: dict[str, Any] = _without_files(kept)
        _check_config(carried)
    except InputError:
        return None
    return carried


def read_carried(content: Mapping[str, Any], path: str | Path) -> Config:
    """Return the config that a checkpoint carries.

    Args:
        content: The checkpoint, see :func:`read_checkpoint`.
        path: Where it comes from.

    Raises:
        InputError: It carries none, or one that might run something.
    """
    carried = content.get('meta', {}).get(CARRIED)
    if carried is None:
        raise InputError(
            f'{path}: carries no config, as weights alone, those of an '
            'earlier version and networks of your own do not; give the '
            'config that it was trained with, too')
    read_config(RUNTIME)  # which imports the components
    try:
        _check_config(carried)
    except InputError as error:
        raise InputError(
            f'{path}: the config that it carries is not used, it is damaged '
            f'or might run code ({error}); give the config that it was '
            'trained with'
            ) from error
    return Config(carried, cfg_text=' ', filename=str(path))


def _without_files(node: Any) -> Any:
    """Return plain dicts, lists and tuples, without files of the machine.

    Raises:
        InputError: There is a value that is not plain.
    """
    if isinstance(node, Mapping):
        if is_pretrained(node) and '://' not in str(node.get('checkpoint')):
            return None
        return {key: None if key in PLACES else _without_files(value)
                for key, value in node.items()}
    if isinstance(node, list | tuple):
        return type(node)(map(_without_files, node))
    if type(node) not in PLAIN:
        raise InputError(f'{node!r} is no plain value')
    return node


def _check_config(carried: Any) -> None:
    """Check that a config is data, and of what is known.

    Raises:
        InputError: It is not.
    """
    if type(carried) is not dict or carried.get('default_scope') not in SCOPES:
        raise InputError('no default_scope')
    if not all(isinstance(carried.get(part), dict)
               for part in ('model', 'test_dataloader')):
        raise InputError('no model, or no test_dataloader')
    for name, part in carried.items():
        _check(part, name)


def _check(node: Any, place: str) -> None:
    """Check a part of a config."""
    key = place.rpartition('.')[2]
    if type(node) in (dict, list, tuple):
        items = node.items() if type(node) is dict else enumerate(node)
        for name, child in items:
            if name == 'checkpoint' and is_pretrained(node):
                continue  # read as weights, where the checkpoint lacks them
            _check(child, f'{place}.{name}')
    elif type(node) not in PLAIN:
        raise InputError(f'{place} is no plain value')
    elif key in ('_scope_', 'pretrained', 'checkpoint_path'):
        if node:
            raise InputError(f'{place} is {node!r}')
    elif key == 'type':
        _check_component(place, node)
    elif isinstance(node, str) and not WORDS.fullmatch(
            node.replace('.', '') if key in DOTTED else node):
        raise InputError(f'{place} is {node!r}')


def _check_component(place: str, kind: Any) -> None:
    """Check that a type is that of a component which calls nothing."""
    scope, _, name = str(kind).rpartition('.')
    found = registered(name) if scope in ('', *SCOPES) else []
    if not found or not all(MODULES.match(one.__module__) for one in found):
        raise InputError(f'{place} is {kind!r}')
