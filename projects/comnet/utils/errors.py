# Copyright (c) COMNet contributors. All rights reserved.
"""Errors that a user can mend: one line, no traceback."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager


class InputError(ValueError):
    """Something given by the user is missing or wrong.

    The message is one line: which file, what is wrong, what to do.
    """


@contextmanager
def one_line_errors() -> Iterator[None]:
    """Print an :class:`InputError` as one line and exit with status 2.

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
