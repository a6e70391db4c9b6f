# Copyright (c) COMNet contributors. All rights reserved.
"""Options of a command from the fields of a dataclass.

So the settings of a step have their names, types, defaults and descriptions
in one place, which is the class.
"""

import argparse
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, Field, fields
from inspect import getdoc
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

PLAIN = (int, float, str, Path)
SECTION = re.compile(r'^(?:Attributes|Args):\n((?:\n|[ ]+.*\n?)+)', re.M)
ENTRY = re.compile(r'^ {4}(\w+)(?: \([^)]*\))?: (.*(?:\n {5,}.*)*)', re.M)
MARKUP = re.compile(r':\w+:`~?\.?([^`]*)`|``([^`]*)``')


def add_field_options(parser: argparse.ArgumentParser,
                      cls: type,
                      names: Iterable[str] | None = None) -> None:
    """Add an option for each setting of a dataclass.

    ``bg_threshold: float = 0.05`` becomes ``--bg-threshold``, of the field's
    type and default; the help is the field's entry under 'Attributes' or
    'Args' in the docstring of the class. ``bool`` becomes a flag, a tuple
    takes several values, and 'none' stands for None where that is allowed. A
    dict, where that is another form of a value, is left to configs.

    Args:
        parser: Gets the options.
        cls: The dataclass.
        names: Fields to add; all unless given.

    Raises:
        TypeError: A field has a type that no option can be of.
        ValueError: A name is none of the fields.
    """
    hints, texts = get_type_hints(cls), field_texts(cls)
    for field in _chosen(cls, names):
        default = _default(field)
        options: dict[str, Any] = dict(
            default=None if default is MISSING else default,
            required=default is MISSING,
            help=_help(texts.get(field.name, ''), default),
            **_kind(f'{cls.__name__}.{field.name}', hints[field.name],
                    default))
        parser.add_argument(f'--{field.name.replace("_", "-")}', **options)


def field_values(args: argparse.Namespace,
                 cls: type,
                 names: Iterable[str] | None = None) -> dict[str, Any]:
    """Return what was given for the fields, as the class takes them.

    The arguments are those of :func:`add_field_options`, whose parser has
    read ``args``.
    """
    values = {field.name: getattr(args, field.name)
              for field in _chosen(cls, names)}
    return {name: tuple(value) if isinstance(value, list) else value
            for name, value in values.items()}


def field_texts(cls: type) -> dict[str, str]:
    """Return what the docstring of a class, or of a base, says of fields."""
    texts: dict[str, str] = {}
    for base in reversed(cls.__mro__):
        doc = (getdoc(base) if '__doc__' in vars(base) else None) or ''
        for section in SECTION.findall(f'{doc}\n'):
            for name, text in ENTRY.findall(section):
                plain = MARKUP.sub(lambda found: found[1] or found[2], text)
                texts[name] = ' '.join(plain.split()).rstrip('.')
    return texts


def _chosen(cls: type, names: Iterable[str] | None) -> list[Field]:
    known = {field.name: field for field in fields(cls) if field.init}
    names = list(known if names is None else names)
    if unknown := [name for name in names if name not in known]:
        raise ValueError(f'{cls.__name__} has no fields {unknown}')
    return [known[name] for name in names]


def _default(field: Field) -> Any:
    return (field.default if field.default_factory is MISSING
            else field.default_factory())


def _help(text: str, default: Any) -> str:
    """Return the help of an option, in a command's style."""
    word = text.partition(' ')[0]
    if word == 'A' or word[1:].islower():
        text = text[0].lower() + text[1:]
    if default is not MISSING and not isinstance(default, bool):
        values = default if isinstance(default, tuple) else (default, )
        shown = ' '.join('none' if value is None else str(value)
                         for value in values)
        text = f'{text} (default: {shown})'
    return text.strip().replace('%', '%%')


def _kind(name: str, hint: Any, default: Any) -> dict[str, Any]:
    """Return what argparse has to know of a field's type."""
    if hint is bool:
        return dict(action=argparse.BooleanOptionalAction if default
                    else 'store_true')
    parts = (get_args(hint) if get_origin(hint) in (Union, UnionType)
             else (hint, ))
    kinds = [part for part in parts if part is not NoneType
             and (get_origin(part) or part) not in (dict, Mapping)
             and not (part is Path and str in parts)]
    if len(kinds) == 1:
        kind, = kinds
        inner = get_args(kind)
        if kind in PLAIN:
            return dict(type=_or_none(kind) if NoneType in parts else kind)
        if get_origin(kind) is Literal:
            return dict(choices=inner)
        if get_origin(kind) is tuple and inner[0] in PLAIN and (
                {*inner} <= {inner[0], ...}):
            return dict(type=inner[0],
                        nargs='+' if ... in inner else len(inner))
    raise TypeError(f'{name}: no option can be of the type {hint}')


def _or_none(kind: type) -> Callable[[str], Any]:
    """Return a function that reads a value, or 'none'."""

    def read(text: str) -> Any:
        return None if text == 'none' else kind(text)

    read.__name__ = kind.__name__  # argparse names it in its errors
    return read
