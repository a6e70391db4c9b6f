# Copyright (c) COMNet contributors. All rights reserved.
"""What a setting may be, told once: by type and limits of its field."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from numbers import Integral, Real
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, get_args, get_origin

from .errors import InputError

KEY = 'limits'  # in a field's metadata
NUMBERS = {int: Integral, float: Real}
WORDS: dict[Any, str] = {
    bool: 'True or False', int: 'a whole number', float: 'a number',
    str: 'a text', Path: 'a path', tuple: 'a list', Literal: 'one of ',
    dict: 'a dict', Mapping: 'a dict', NoneType: 'None'}


@dataclass(frozen=True)
class Limits:
    """What a number may be.

    Attributes:
        at_least: The lowest one.
        at_most: The highest one.
        above: What it has to be higher than.
        below: What it has to be lower than.
    """
    at_least: float = -math.inf
    at_most: float = math.inf
    above: float = -math.inf
    below: float = math.inf

    def hold(self, value: float) -> bool:
        """Tell whether a number lies within."""
        return (self.at_least <= value <= self.at_most
                and self.above < value < self.below)

    def __str__(self) -> str:
        parts = [f'{name.replace("_", " ")} {limit:g}' for name, limit in (
            ('at_least', self.at_least), ('above', self.above),
            ('at_most', self.at_most), ('below', self.below))
            if math.isfinite(limit)]
        return ' and '.join(parts)


def number(default: float | None, *, at_least: float = -math.inf,
           at_most: float = math.inf, above: float = -math.inf,
           below: float = math.inf) -> Any:
    """Return a field of a dataclass: a number within :class:`Limits`."""
    return field(default=default, metadata={
        KEY: Limits(at_least, at_most, above, below)})


def share(default: float | None) -> Any:
    """Return a field of a dataclass: a number from 0 to 1."""
    return number(default, at_least=0, at_most=1)


def check_fields(component: Any) -> None:
    """Check the fields of a dataclass by their types and limits.

    A field of one type that is not in :data:`WORDS` is not looked at.

    Args:
        component: Any dataclass, in its ``__post_init__``.

    Raises:
        InputError: A value is of another type, not finite, or outside of its
            limits.
    """
    for each in fields(component):
        value = getattr(component, each.name)
        kinds = get_args(each.type) if isinstance(
            each.type, UnionType) else (each.type, )
        if len(kinds) == 1 and _plain(kinds[0]) not in WORDS:
            continue
        check_value(each.name, value, kinds, each.metadata.get(KEY, Limits()))


def check_value(name: str, value: Any, kinds: Sequence[Any],
                limits: Limits) -> None:
    """Check a setting, see :func:`check_fields`."""
    if not any(_is_of(value, kind) for kind in kinds):
        raise InputError(
            f'{name} is {value!r}; give {" or ".join(_words(kinds))}')
    if isinstance(value, Real) and not limits.hold(float(value)):
        raise InputError(f'{name} is {value!r}; give one {limits}')


def _is_of(value: Any, kind: Any) -> bool:
    """Tell whether a value is of a kind that an annotation names."""
    inner, kind = get_args(kind), _plain(kind)
    if kind is Literal:
        return value in inner
    if kind is tuple:  # or a config's list
        return isinstance(value, list | tuple) and all(
            _is_of(each, inner[0]) for each in value)
    if kind is dict and inner:
        return isinstance(value, dict) and all(
            _is_of(key, inner[0]) and _is_of(each, inner[1])
            for key, each in value.items())
    if kind in NUMBERS:
        return (not isinstance(value, bool)
                and isinstance(value, NUMBERS[kind]) and math.isfinite(value))
    return isinstance(value, str | Path if kind is Path else kind)


def _plain(kind: Any) -> Any:
    """Return a kind without what it holds: tuple[int, int] is a tuple."""
    return get_origin(kind) or kind


def _words(kinds: Sequence[Any]) -> list[str]:
    """Return what to give, for a message."""
    return [WORDS[_plain(kind)] + (', '.join(map(repr, get_args(kind)))
                                   if _plain(kind) is Literal else '')
            for kind in kinds if _plain(kind) in WORDS]
