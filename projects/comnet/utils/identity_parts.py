# Copyright (c) COMNet contributors. All rights reserved.
"""An identity that remembers those of its parts, to tell what has changed.

``WHOLE list=… labels=…``: what is compared is the first word.
"""


def with_parts(identity: str, **parts: str) -> str:
    """Return an identity with those of its parts behind it."""
    return ' '.join((identity, *(f'{name}={value}' for name, value
                                 in parts.items())))


def whole(identity: str | None) -> str | None:
    """Return an identity without its parts."""
    return identity and identity.split(' ')[0]


def changed_parts(before: str | None, after: str | None) -> list[str]:
    """Name the parts that both identities have and that differ."""
    first, second = (dict(part.split('=', 1) for part in
                          (identity or '').split(' ')[1:])
                     for identity in (before, after))
    return [name for name in first
            if name in second and first[name] != second[name]]
