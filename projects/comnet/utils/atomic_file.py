# Copyright (c) COMNet contributors. All rights reserved.
"""Files that are there as a whole or not at all."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO


def write_atomically(path: str | Path,
                     write: Callable[[BinaryIO], object]) -> None:
    """Call ``write`` on a neighbour of a file, then rename it.

    Args:
        path: File to write; its folder is made.
        write: Writes the content into an open file.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f'.{path.name}.{os.getpid()}')
    try:
        with open(partial, 'wb') as file:
            write(file)
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)


def remove_partial_files(folder: str | Path) -> None:
    """Delete what :func:`write_atomically` left when it was killed.

    Nobody may be writing into the folder.
    """
    for path in Path(folder).glob('.*.*.[0-9]*'):
        path.unlink(missing_ok=True)
