# Copyright (c) COMNet contributors. All rights reserved.
"""Worker processes of scripts that were not written for them."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
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
    if not _is_script(main) or _has_guard(main):
        yield
        return
    sys.modules[MAIN] = ModuleType(MAIN)
    try:
        yield
    finally:
        sys.modules[MAIN] = main


def _is_script(main: ModuleType) -> bool:
    return getattr(main, '__file__', None) is not None


def _has_guard(main: ModuleType) -> bool:
    try:
        return MAIN in Path(str(main.__file__)).read_text(errors='replace')
    except OSError:  # '<stdin>'
        return False
