# Copyright (c) COMNet contributors. All rights reserved.
"""What one of many processes does for the others, which know how it ended.

An error in one process alone would leave the others waiting for it, and end
them with a traceback about a lost connection.
"""

import os
import platform
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from mmengine.dist import (
    all_gather_object,
    broadcast_object_list,
    is_distributed,
    is_main_process,
)

from .errors import InputError
from .given import LOCAL_RANK

T = TypeVar('T')

ERRORS = (InputError, OSError)  # of users, see one_line_errors


def on_main(function: Callable[[], T]) -> T:
    """Call a function in the main process; all return what it returns.

    An InputError or OSError of it is raised in all of them.
    """
    found: list[Any] = [None, None]
    if is_main_process():
        try:
            found[0] = function()
        except ERRORS as error:
            found[1] = error
    broadcast_object_list(found)
    result, failed = found
    if failed is not None:
        raise failed
    value: T = result
    return value


def once_a_node(check: Callable[[], None]) -> None:
    """Call a function in one process of each machine, which has own disks.

    An InputError or OSError of any of them is raised in all processes.
    """
    own = None
    local_rank = next((os.environ[name] for name in LOCAL_RANK
                       if name in os.environ), '0')
    if local_rank == '0' or not is_distributed():
        try:
            check()
        except ERRORS as error:
            own = error
    for failed in all_gather_object(own):
        if failed is not None:
            raise failed


def require_shared(folder: str | Path) -> None:
    """Check that a folder, which is made, is the same one in all processes.

    Raises:
        InputError: On some machine another folder has its name: what one
            process writes the others would miss.
    """
    if not is_distributed():
        return
    own = platform.node()

    def mark() -> tuple[str, str]:
        name = f'.shared.{own}.{os.getpid()}'
        Path(folder).mkdir(parents=True, exist_ok=True)
        (Path(folder) / name).touch()
        return own, name

    first, name = on_main(mark)
    marker = Path(folder) / name
    missed = all_gather_object(None if marker.exists() else own)
    if is_main_process():
        marker.unlink()
    others = sorted({each for each in missed if each is not None})
    if others:
        raise InputError(
            f'{folder}: what {first} writes is not there on '
            f'{", ".join(others)}; name a folder that all machines share')
