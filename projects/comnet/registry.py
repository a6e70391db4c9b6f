# Copyright (c) COMNet contributors. All rights reserved.
"""The registries of what OpenMMLab has none for: steps and refiners.

Both hold frozen dataclasses, whose fields are the settings in a config. A
module that ``custom_imports`` names may register more.
"""

from collections.abc import Mapping
from inspect import Signature, signature
from typing import Any

from mmengine.registry import Registry

from .utils import InputError, did_you_mean


def build_component(cfg: str | Mapping[str, Any],
                    name: str = '',
                    *,
                    registry: Registry) -> Any:
    """Build a registered class from what a config says of it.

    Args:
        cfg: The class's name, or ``dict(type=NAME, …)`` with its settings.
        name: Of the setting in the config, for the message; by default that
            of the registry.
        registry: Where the class is registered.

    Returns:
        An object of the class.

    Raises:
        InputError: There is no such class or setting, a setting is missing,
            or its value means nothing.
    """
    name = name or registry.name
    registry.import_from_location()
    known = ', '.join(sorted(registry.module_dict))
    if not isinstance(cfg, str | Mapping):
        raise InputError(f'{name} is {cfg!r}; give a name or a dict(type='
                         f'NAME, …); there are {known}')
    settings = dict(type=cfg) if isinstance(cfg, str) else dict(cfg)
    kind = settings.pop('type', None)
    if kind not in registry.module_dict:
        raise InputError(f'{name}.type is {kind!r}; there are {known}, and '
                         'what custom_imports registers'
                         f'{did_you_mean(str(kind), registry.module_dict)}')
    component = registry.module_dict[kind]
    _bind(signature(component), settings, name)
    try:
        return component(**settings)
    except InputError as error:
        raise InputError(f'{name}.{error}') from error


def _bind(call: Signature, settings: Mapping[str, Any], name: str) -> None:
    """Raise an InputError unless a call takes these settings."""
    for key in settings:
        if key not in call.parameters:
            raise InputError(f'{name}.{key}: no such setting; there are '
                             f'{", ".join(call.parameters)}'
                             f'{did_you_mean(key, call.parameters)}')
    for key, parameter in call.parameters.items():
        if parameter.default is parameter.empty and key not in settings:
            raise InputError(f'{name}.{key} is missing; set it')


STEPS = Registry(
    'step', build_func=build_component, locations=['comnet.steps'])
"""The steps of the method, see :mod:`comnet.steps`."""

REFINERS = Registry(
    'refiner', build_func=build_component,
    locations=['comnet.models.refiners'])
"""What refines maps by colours, see :mod:`comnet.models.refiners`."""
