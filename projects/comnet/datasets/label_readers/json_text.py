# Copyright (c) COMNet contributors. All rights reserved.
"""JSON and JSON lines, with errors that help."""

import json
from pathlib import Path
from typing import Any

from ...utils import InputError
from ...utils.strict_json import load_json

EXTRA = 'Extra data'  # json's own words where a second value follows


def parse_json(path: Path, text: str) -> Any:
    """Return the content of a JSON file, or a list of that of its lines.

    Raises:
        InputError: It is neither, too deep, or names a key twice.
    """
    try:
        return load_json(text)
    except json.JSONDecodeError as error:
        if error.msg == EXTRA and error.lineno > 1:
            return _lines(path, text)
        raise InputError(f'{path}:{error.lineno}: not valid JSON '
                         f'({error.msg}); mend the file') from error
    except RecursionError as error:
        raise InputError(f'{path}: JSON in too many brackets; write {{"a.jpg":'
                         ' ["cat"]}') from error
    except ValueError as error:
        raise InputError(f'{path}: {error}; mend the file') from error


def _lines(path: Path, text: str) -> list[Any]:
    """Return the values of JSON lines."""
    content = []
    for number, line in enumerate(text.split('\n'), 1):
        if line.strip():
            try:
                content.append(load_json(line))
            except (ValueError, RecursionError) as error:
                raise InputError(f'{path}:{number}: not a line of JSON '
                                 f'({error}); mend the file') from error
    return content


def by_key(path: Path, items: Any, key: str, value: str,
           what: str) -> dict[Any, str]:
    """Return a name by number of a list of objects, such as categories.

    Raises:
        InputError: An object lacks one of both, or a number stands twice.
    """
    found: dict[Any, str] = {}
    for item in items if isinstance(items, list) else [items]:
        number = item.get(key) if isinstance(item, dict) else None
        name = item.get(value) if isinstance(item, dict) else None
        if isinstance(number, list | dict | None) or not isinstance(name, str):
            raise InputError(f'{path}: one of the {what} without {key!r} or '
                             f'{value!r}; write both')
        if number in found:
            raise InputError(f'{path}: {key!r} {number!r} stands twice in the '
                             f'{what}; mend the numbers')
        found[number] = name
    return found
