# Copyright (c) COMNet contributors. All rights reserved.
"""The file of one image's class activation maps."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from ..utils import InputError
from ..utils.atomic_file import write_atomically
from ..utils.constants import CAM_EPS
from ..utils.errors import one_line
from ..utils.npz_file import NPZ_ERRORS, read_npz

MAX_SIDE = 2**15 - 1  # that OpenCV enlarges to


@dataclass
class CAMFile:
    """Class activation maps of an image, in [0, 1].

    Attributes:
        keys: Indices of the image's K classes, shape (K,), int64.
        cam: Maps at stride 4, shape (K, ceil(H / 4), ceil(W / 4)), float32.
        size: Height and width of the image, (H, W).
        scores: Scores of all C classes in [0, 1], shape (C,), float32, where
            the maps are a classifier's own.
        common: Where inter-matching found what co-occurs, shape (h, w), bool,
            at the features' stride of the first scale, where it was at work.
        absolute: Whether the maps mean the same in all images, so that
            they are not divided by their maximum.
    """
    keys: np.ndarray
    cam: np.ndarray
    size: tuple[int, int]
    scores: np.ndarray | None = None
    common: np.ndarray | None = None
    absolute: bool = False

    def full_size(self) -> np.ndarray:
        """Return the maps at the image's size, shape (K, H, W), float32.

        Enlarged bilinearly, each with a maximum of 1 (0 where it is empty)
        unless they are absolute.
        """
        height, width = self.size
        maps = np.empty((len(self.cam), height, width), dtype=np.float32)
        for large, small in zip(maps, self.cam, strict=True):
            large[:] = cv2.resize(small, (width, height))
            if not self.absolute:
                large /= large.max() + CAM_EPS
        return maps

    def check_size(self, path: str | Path, size: tuple[int, ...]) -> None:
        """Raise an InputError unless a file's maps are of a size (H, W)."""
        height, width = self.size
        if self.size != tuple(size):
            raise InputError(f'{path}: maps of {width} x {height} pixels, the '
                             f'image has {size[1]} x {size[0]}; make the CAMs '
                             'anew')

    def check_classes(self, path: str | Path, number: int) -> None:
        """Raise an InputError unless a file's maps are of these classes."""
        if (self.keys >= number).any():
            raise InputError(
                f'{path}: maps of the classes {self.keys.tolist()}, but there '
                f'are {number}, from 0 on; make the CAMs with this data set')

    def save(self, path: str | Path) -> None:
        """Write an .npz with the maps in half precision, whole or not.

        Raises:
            InputError: The maps are no finite numbers.
        """
        if not np.isfinite(self.cam).all():
            raise InputError(f'{path}: its maps are no finite numbers; train '
                             'with a lower learning rate, or write the CAMs '
                             'without fp16')
        content: dict[str, Any] = dict(
            keys=self.keys.astype(np.int64),
            cam=self.cam.astype(np.float16),
            size=np.array(self.size))
        if self.scores is not None:
            content['scores'] = self.scores.astype(np.float32)
        if self.common is not None:
            content['common'] = self.common
        if self.absolute:
            content['absolute'] = np.array(True)
        write_atomically(
            path, lambda file: np.savez_compressed(file, **content))

    @classmethod
    def load(cls, path: str | Path) -> 'CAMFile':
        """Read an .npz.

        Raises:
            InputError: The file is missing or no such file.
        """
        try:
            file = read_npz(path)
            maps = cls(
                keys=file['keys'],
                cam=_real(file['cam']),
                size=tuple(file['size'].tolist()),
                scores=file.get('scores'),
                common=file.get('common'),
                absolute='absolute' in file)
            maps._check()
            return maps
        except FileNotFoundError as error:
            raise InputError(f'{path}: no such CAM file; write it with '
                             'comnet cams') from error
        except NPZ_ERRORS as error:
            raise InputError(
                f'{path}: not a CAM file ({one_line(error)}); delete it and '
                'write it anew with comnet cams') from error

    def _check(self) -> None:
        """Raise a ValueError unless all parts mean something together."""
        if (self.keys.ndim != 1 or self.cam.ndim != 3 or 0 in
                self.cam.shape[1:] or len(self.keys) != len(self.cam)):
            raise ValueError(f'keys have shape {self.keys.shape}, cam has '
                             f'{self.cam.shape}')
        if len(self.size) != 2 or not all(
                isinstance(side, int) and 0 < side <= MAX_SIDE
                for side in self.size):
            raise ValueError(f'the size of its image is {self.size}')
        if self.keys.dtype.kind not in 'iu' or (self.keys < 0).any() or (
                len({*self.keys.tolist()}) < len(self.keys)):
            raise ValueError(f'keys are {self.keys.tolist()}, not the indices '
                             'of different classes')
        if not np.isfinite(self.cam).all() or (self.cam < 0).any():
            raise ValueError('its maps are no finite numbers from 0 on')
        if self.scores is not None and (
                self.scores.ndim != 1 or self.scores.dtype.kind != 'f'
                or not np.isfinite(self.scores).all()
                or (self.keys >= len(self.scores)).any()):
            raise ValueError(f'scores of shape {self.scores.shape} are not '
                             'those of its classes')
        if self.common is not None and (
                self.common.ndim != 2 or self.common.dtype != bool):
            raise ValueError(f'common is {self.common.dtype} of shape '
                             f'{self.common.shape}')


def _real(values: np.ndarray) -> np.ndarray:
    """Return real numbers in float32; texts, too, could be read as some."""
    if values.dtype.kind not in 'fiu':
        raise ValueError(f'cam is {values.dtype}')
    return values.astype(np.float32)
