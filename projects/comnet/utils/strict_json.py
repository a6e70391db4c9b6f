# Copyright (c) COMNet contributors. All rights reserved.
"""JSON in which no key hides another."""

import json
from typing import Any


def load_json(text: str) -> Any:
    """Return what a text of JSON holds.

    Raises:
        ValueError: It is none, or names a key twice in an object.
        RecursionError: It is too deep.
    """
    return json.loads(text, object_pairs_hook=_each_once)


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Make a dict of an object, unless a key stands twice."""
    content = dict(pairs)
    if len(content) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f'key {twice!r} stands twice in an object')
    return content
