# Copyright (c) COMNet contributors. All rights reserved.
"""Worker processes of scripts that were not written for them."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from types import ModuleType

MAIN = '__main__'


@contextmanager
def hidden_main() -> Iterator[None]:
    """Let processes that start in it not run the user's script anew.

    Python runs the script of the parent in each process that is not forked
    from it, up to its ``if __name__ == '__main__'``: without one it would
    begin from the start, and what came by stdin is no file. A script that has
    one is left alone, as its classes may be wanted.
    """
    main = sys.modules[MAIN]
    path = getattr(main, '__file__', None)
    if path is None or _has_guard(path):
        yield
        return
    sys.modules[MAIN] = ModuleType(MAIN)
    try:
        yield
    finally:
        sys.modules[MAIN] = main


@cache  # this is asked for each job
def _has_guard(path: str) -> bool:
    try:
        return MAIN in Path(path).read_text(errors='replace')
    except OSError:  # '<stdin>'
        return False
