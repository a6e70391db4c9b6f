# Copyright (c) COMNet contributors. All rights reserved.
"""The classes in a cell of a table, or in a text of a JSON file."""

import json
import re
from collections.abc import Collection

SEPARATORS = re.compile(r'\s*[|;,]\s*')
NOTHING = frozenset((
    '', 'nan', 'null', 'none', 'n/a', 'na', '<na>', '-', '--', '\u2013',
    '\u2014'))
BRACKETS = {'[': ']', '{': '}', '(': ')'}
# quoted either way, or a bare word between commas
ITEM = re.compile(r"""'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|([^,'"]+)""")
KEYS = ('choices', 'labels')  # Label Studio writes {"choices": [...]}


def classes_in(cell: str, known: Collection[str] | None) -> list[str]:
    """Return the classes in a cell, such as ``cat|dog`` or ``['cat']``.

    What is a known class as a whole is one; ``nan`` and the like, which
    programs write for an empty cell, are none.

    Args:
        cell: The text.
        known: Names of the classes, where they are known.
    """
    text = cell.strip()
    if known and text in known:
        return [cell]
    if text.casefold() in NOTHING:
        return []
    if text[0] in BRACKETS and text[-1] == BRACKETS[text[0]]:
        return _listed(text)
    return [name for name in SEPARATORS.split(cell) if name.strip()]


def _listed(text: str) -> list[str]:
    """Return the items of a list as JSON, Python, NumPy or SQL writes it."""
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        items = (''.join(groups) for groups in ITEM.findall(text[1:-1]))
        return [item.strip() for item in items if item.strip()]
    if isinstance(content, dict):
        content = next((content[key] for key in KEYS if key in content), None)
    if isinstance(content, list) and all(
            isinstance(each, str) for each in content):
        return content
    return [text]
