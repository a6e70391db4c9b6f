# Copyright (c) COMNet contributors. All rights reserved.
"""Archives of arrays, .npz, of whatever origin."""

import struct
import zipfile
import zlib
from pathlib import Path
from tokenize import TokenError

import numpy as np

from .text_file import require_regular

# what a file raises that is none, or was damaged
NPZ_ERRORS = (OSError, EOFError, ValueError, TypeError, KeyError, MemoryError,
              RuntimeError, ArithmeticError, SyntaxError, TokenError,
              struct.error, zipfile.BadZipFile, zlib.error)


def read_npz(path: str | Path) -> dict[str, np.ndarray]:
    """Read all arrays of an .npz; no code of it is run.

    Raises:
        InputError: It is a pipe or the like.
        Exception: One of :data:`NPZ_ERRORS`; it is no such file.
    """
    require_regular(path)
    with np.load(path, allow_pickle=False) as file:
        return {name: file[name] for name in file}
