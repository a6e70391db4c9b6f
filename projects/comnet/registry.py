# Copyright (c) COMNet contributors. All rights reserved.
"""The registries of what OpenMMLab has none for: steps and refiners.

Both hold frozen dataclasses, whose fields are the settings in a config. A
module that ``custom_imports`` names may register more.
"""

from collections.abc import Mapping
from dataclasses import fields
from inspect import Signature, signature
from numbers import Integral, Real
from types import UnionType
from typing import Any, get_args

from mmengine.registry import Registry

from .utils import InputError

KINDS: dict[Any, Any] = {int: Integral, float: Real}


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
                         'what custom_imports registers')
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
                             f'{", ".join(call.parameters)}')
    for key, parameter in call.parameters.items():
        if parameter.default is parameter.empty and key not in settings:
            raise InputError(f'{name}.{key} is missing; set it')


def check_numbers(component: Any, *positive: str) -> None:
    """Check the fields of a dataclass that are annotated as numbers.

    Args:
        component: Any dataclass, in its ``__post_init__``.
        positive: Names of the fields whose numbers have to be above 0.

    Raises:
        InputError: A value is no number, or not above 0.
    """
    for each in fields(component):
        value: Any = getattr(component, each.name)
        types = get_args(each.type) if isinstance(
            each.type, UnionType) else (each.type, )
        kinds = [KINDS[kind] for kind in types if kind in KINDS]
        if not kinds or value is None and type(None) in types:
            continue
        if isinstance(value, bool) or not isinstance(value, kinds[0]):
            raise InputError(
                f'{each.name} is {value!r}; give a'
                f'{" whole" if kinds[0] is Integral else ""} number')
        if each.name in positive and not value > 0:
            raise InputError(f'{each.name} is {value!r}; give one above 0')


STEPS = Registry(
    'step', build_func=build_component, locations=['comnet.steps'])
"""The steps of the method, see :mod:`comnet.steps`."""

REFINERS = Registry(
    'refiner', build_func=build_component,
    locations=['comnet.models.refiners'])
"""What refines maps by colours, see :mod:`comnet.models.refiners`."""
