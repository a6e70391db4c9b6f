# Copyright (c) COMNet contributors. All rights reserved.
"""The file of a direction a class."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from ..utils import InputError
from ..utils.atomic_file import write_atomically
from ..utils.errors import one_line
from ..utils.npz_file import NPZ_ERRORS, read_npz

FILE_NAME = 'directions.npz'


@dataclass
class DirectionsFile:
    """M* of each class, aᵀx − b at a unit-length feature x.

    Attributes:
        a: Shape (C, c), float32.
        b: Shape (C,), float32.
        classes: Names of the C classes.
    """
    a: np.ndarray
    b: np.ndarray
    classes: Sequence[str]

    def save(self, folder: str | Path) -> None:
        """Write ``directions.npz`` into a folder, whole or not at all."""
        write_atomically(Path(folder) / FILE_NAME, partial(
            np.savez, a=self.a.astype(np.float32),
            b=self.b.astype(np.float32), classes=np.array(self.classes)))

    @classmethod
    def load(cls, path: str | Path) -> 'DirectionsFile':
        """Read a file, or that of a folder.

        Raises:
            InputError: The file is missing or no such file.
        """
        path = directions_path(path)
        try:
            file = read_npz(path)
            found = cls(file['a'], file['b'], file['classes'].tolist())
            if (found.a.ndim != 2 or found.b.shape != found.a.shape[:1]
                    or len(found.classes) != len(found.a)):
                raise ValueError(f'a has shape {found.a.shape}, b '
                                 f'{found.b.shape}')
            return found
        except FileNotFoundError as error:
            raise InputError(f'{path}: no such file of directions; make it '
                             'with the step Directions') from error
        except NPZ_ERRORS as error:
            raise InputError(
                f'{path}: not a file of directions ({one_line(error)}); make '
                'it anew with the step Directions') from error


def directions_path(path: str | Path) -> Path:
    """Return a file of directions, of a folder its own."""
    path = Path(path)
    return path / FILE_NAME if path.is_dir() else path
