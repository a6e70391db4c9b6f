# Copyright (c) COMNet contributors. All rights reserved.
"""Names in a config that mean nothing, told before anything runs.

mmengine takes any key, and tells of a wrong one by a traceback when it builds
what the key is of: hours later, where that is the last step of a pipeline.
"""

import inspect
from collections.abc import Iterator, Mapping
from typing import Any

import mmengine.registry
from mmengine.config import Config
from mmengine.registry import Registry
from mmengine.runner import Runner
from torch.utils.data import DataLoader

from ..registry import REFINERS, STEPS
from ..utils import InputError, did_you_mean
from .config_file import dotted

ONE_PLACE = ('data_root', 'train_list', 'val_list', 'labels', 'mask_dir',
             'corrected_dir', 'group_size', 'pretrained', 'cache_dir')
RUNNER = frozenset(inspect.signature(Runner.__init__).parameters) | {
    *ONE_PLACE, 'auto_scale_iters', 'auto_scale_lr', 'compile',
    'custom_imports', 'pseudo', 'find_unused_parameters', 'model_wrapper_cfg',
    'optim_wrapper', 'predict_dataloader', 'sync_bn', 'tta_model',
    'tta_pipeline', 'work_dir'}
LOADER = frozenset(inspect.signature(DataLoader.__init__).parameters) | {
    'dataset'}
LOOP = frozenset((
    'type', 'by_epoch', 'max_epochs', 'max_iters', 'val_begin',
    'val_interval', 'dynamic_intervals'))
# keys that whoever builds a component takes out before
TAKEN = frozenset((
    'type', '_scope_', '_delete_', 'priority', 'init_cfg', 'override',
    'requires_grad', 'constructor', 'paramwise_cfg', 'clip_grad',
    'optimizer', 'convert_to_iter_based', 'loss_name', 'save_dir'))
PACKAGE = __name__.split('.')[0]
# parts of a config that mmengine builds
BUILT = ('model', 'train_dataloader', 'val_dataloader', 'test_dataloader',
         'predict_dataloader', 'default_hooks', 'custom_hooks',
         'optim_wrapper', 'param_scheduler', 'val_evaluator',
         'test_evaluator', 'tta_pipeline')


def check_options(cfg: Config, options: Mapping[str, Any] | None) -> None:
    """Check that what overrides a config has a place in it.

    Args:
        cfg: The config, not overridden yet.
        options: As ``--cfg-options`` has them.

    Raises:
        InputError: A key is none of the config's nor of the component's that
            it would be given to.
    """
    flat = dotted(options or {})
    for key in flat:
        _check_key(cfg, key, flat)


def check_components(cfg: Config) -> None:
    """Check that all components of a config are registered.

    Those of this package have to take what they are given, too.

    Raises:
        InputError: One is not, or does not.
    """
    for part in BUILT:
        for place, node in _components(part, cfg.get(part)):
            kind = node['type']
            found = find_component(cfg, kind) if isinstance(
                kind, str) else kind
            if found is None and str(kind).split('.')[-1] not in (
                    names := _all_names()):
                raise InputError(
                    f'{cfg.filename}: {place}.type is {kind!r}: no such '
                    f'component{did_you_mean(str(kind), names)}; mend the '
                    'name, or let custom_imports name its module')
            if getattr(found, '__module__', '').split('.')[0] == PACKAGE:
                known = _parameters(found)
                for key in node:
                    _require(cfg, f'{place}.{key}', place, key, known)


def find_component(cfg: Config, kind: str) -> Any:
    """Return what is registered by a name in the scope of a config."""
    for registry in _registries():
        scoped = registry.children.get(cfg.get('default_scope'), registry)
        found = scoped.get(kind)
        if found is not None:
            return found
    return None


def _registries() -> list[Registry]:
    """Return mmengine's, from which all others are reached, and ours."""
    return [*(each for each in vars(mmengine.registry).values()
              if isinstance(each, Registry)), REFINERS, STEPS]


def registered(name: str) -> list[Any]:
    """Return all components of a name, of all packages.

    mmengine's own ``Registry.get`` would import what it does not know.
    """
    return [registry.module_dict[name] for registry in _all_registries()
            if name in registry.module_dict]


def _all_names() -> set[str]:
    """Return the names of all components of all packages."""
    return {name for registry in _all_registries()
            for name in registry.module_dict}


def _all_registries() -> Iterator[Registry]:
    """Yield the registries of all packages."""
    waiting = _registries()
    while waiting:
        registry = waiting.pop()
        yield registry
        waiting.extend(registry.children.values())


def _components(place: str, node: Any) -> Iterator[tuple[str, Mapping]]:
    """Yield dicts with a type, however deep, and where they stand."""
    if isinstance(node, Mapping):
        if 'type' in node:
            yield place, node
        for key, child in node.items():
            yield from _components(f'{place}.{key}', child)
    elif isinstance(node, list | tuple):
        for index, child in enumerate(node):
            yield from _components(f'{place}.{index}', child)


def _check_key(cfg: Config, key: str, flat: Mapping[str, Any]) -> None:
    """Follow a dotted key as far as there is something."""
    node: Any = cfg._cfg_dict
    place = ''
    for part in key.split('.'):
        if isinstance(node, list | tuple):
            if not part.isdecimal():
                return  # mmengine tells
            node = node[int(part)] if int(part) < len(node) else None
        elif isinstance(node, Mapping):
            if part not in node:
                _require(cfg, key, place, part, _known(cfg, place, node, flat))
                return
            node = node[part]
        else:
            return
        place = f'{place}.{part}' if place else part


def _require(cfg: Config, key: str, place: str, name: str,
             known: frozenset[str] | None) -> None:
    """Raise an InputError where a name is none of those that there are."""
    if known is not None and name not in known | TAKEN:
        raise InputError(
            f'{cfg.filename}: {key}: no such setting'
            f'{did_you_mean(name, known)}; {place or "the config"} takes '
            f'{", ".join(sorted(known - {"self", "type"}))}')


def _known(cfg: Config, place: str, node: Mapping, flat: Mapping[str, Any]
           ) -> frozenset[str] | None:
    """Return the keys that a dict can have, None where nobody can tell."""
    if not place:
        return RUNNER | {*node}
    if place.endswith('_dataloader'):
        return LOADER | {*node}
    if place == 'train_cfg':
        return LOOP | {*node}
    kind = flat.get(f'{place}.type', node.get('type'))
    component = find_component(cfg, kind) if isinstance(kind, str) else kind
    parameters = _parameters(component)
    return None if parameters is None else parameters | {*node}


def _parameters(component: Any) -> frozenset[str] | None:
    """Return what a component is called with, None where it takes anything.

    What it takes as ``**kwargs`` is passed on to the class that it is of.
    """
    found: set[str] = set()
    calls = ([vars(kind)['__init__'] for kind in component.__mro__[:-1]
              if '__init__' in vars(kind)]
             if inspect.isclass(component) else [component])
    if not calls:
        return frozenset()
    for call in calls:
        if not callable(call):
            return None
        given = inspect.signature(call).parameters.values()
        found.update(each.name for each in given
                     if each.kind not in (each.VAR_KEYWORD,
                                          each.VAR_POSITIONAL))
        if not any(each.kind is each.VAR_KEYWORD for each in given):
            return frozenset(found)
    return None
