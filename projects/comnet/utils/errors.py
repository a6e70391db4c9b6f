# Copyright (c) COMNet contributors. All rights reserved.
"""Errors that a user can mend: one line, no traceback."""

import sys
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import NoReturn


class InputError(ValueError):
    """Something given by the user is missing or wrong.

    The rule: what a user can set or give (a setting of a config, an option, a
    file, data that has diverged) raises an InputError, whose message is one
    line: which file or setting, what is wrong, what to do. A programmer's
    mistake, such as shapes that do not fit together, raises a ValueError or
    TypeError and shows its traceback.
    """


def first_few(names: Sequence[str], number: int) -> str:
    """Name the first of many for a message: ``a, b, …``."""
    return ', '.join(names[:number]) + (', …' if len(names) > number else '')


def check_choice(value: object, choices: Collection[object],
                 name: str) -> None:
    """Raise an InputError unless a setting is one of those that there are.

    ``name`` is that of the setting, such as 'CAMHook: matching'.
    """
    if value not in list(choices):
        raise InputError(f'{name} is {value!r}; give one of '
                         f'{", ".join(map(repr, choices))}')


@contextmanager
def one_line_errors() -> Iterator[None]:
    """Print an :class:`InputError` as one line and exit with status 2.

    The system's own refusals that name a file or folder (no rights, no such
    folder) are printed so, too.

    A data loader's worker wraps what it raises in a report with tracebacks;
    the line of the error itself is the last one that carries its name.
    """
    try:
        yield
    except InputError as error:
        text = str(error)
        marker = f'{InputError.__name__}: '
        if marker in text:
            text = text[text.rindex(marker) + len(marker):]
        _end(text.strip().splitlines()[0])
    except OSError as error:
        if error.filename is None:
            raise
        _end(f'{error.filename}: {error.strerror}; mend it or give another '
             'path')


def _end(line: str) -> NoReturn:
    """Exit as argparse does."""
    sys.stderr.write(f'error: {line}\n')
    sys.exit(2)
