# Copyright (c) COMNet contributors. All rights reserved.
"""The file of one image's class activation maps."""

import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..utils import InputError
from ..utils.atomic_file import write_atomically


@dataclass
class CAMFile:
    """Class activation maps of an image, in [0, 1].

    Attributes:
        keys: Indices of the image's K classes, shape (K,), int64.
        cam: Maps at stride 4, shape (K, ceil(H / 4), ceil(W / 4)), float32.
        high_res: Maps at full size, shape (K, H, W), float32.
    """
    keys: np.ndarray
    cam: np.ndarray
    high_res: np.ndarray

    def check_size(self, path: str | Path, size: tuple[int, ...]) -> None:
        """Raise an InputError unless the maps are of the image's size.

        Args:
            path: The file, for the message.
            size: Height and width of the image.
        """
        height, width = self.high_res.shape[1:]
        if (height, width) != tuple(size):
            raise InputError(f'{path}: maps of {width} x {height} pixels, the '
                             f'image has {size[1]} x {size[0]}; make the CAMs '
                             'anew')

    def save(self, path: str | Path) -> None:
        """Write an .npz with the maps in half precision, whole or not."""
        write_atomically(
            path, lambda file: np.savez_compressed(
                file,
                keys=self.keys.astype(np.int64),
                cam=self.cam.astype(np.float16),
                high_res=self.high_res.astype(np.float16)))

    @classmethod
    def load(cls, path: str | Path) -> 'CAMFile':
        """Read an .npz.

        Raises:
            InputError: The file is missing or no such file.
        """
        try:
            with np.load(path, allow_pickle=False) as file:
                maps = cls(
                    keys=file['keys'],
                    cam=file['cam'].astype(np.float32),
                    high_res=file['high_res'].astype(np.float32))
            maps._check_shapes()
            return maps
        except FileNotFoundError as error:
            raise InputError(f'{path}: no such CAM file; write it with '
                             'tools/test.py and the classifier\'s config'
                             ) from error
        except (OSError, EOFError, ValueError, TypeError, KeyError,
                zipfile.BadZipFile, zlib.error) as error:
            raise InputError(f'{path}: not a CAM file ({error}); delete it '
                             'and write it anew with tools/test.py') from error

    def _check_shapes(self) -> None:
        """Raise a ValueError unless there is a map a class, twice."""
        shapes = self.keys.shape, self.cam.shape, self.high_res.shape
        if ([len(shape) for shape in shapes] != [1, 3, 3]
                or len({shape[0] for shape in shapes}) > 1):
            raise ValueError('the shapes of keys, cam and high_res are '
                             f'{shapes}')
