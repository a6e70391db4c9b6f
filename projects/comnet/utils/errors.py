# Copyright (c) COMNet contributors. All rights reserved.
"""Errors that a user can mend: one line, no traceback."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager


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
        print(f'error: {text.strip().splitlines()[0]}', file=sys.stderr)
        sys.exit(2)
    except OSError as error:
        if error.filename is None:
            raise
        print(f'error: {error.filename}: {error.strerror}; mend it or give '
              'another path', file=sys.stderr)
        sys.exit(2)
