# Copyright (c) COMNet contributors. All rights reserved.
"""Class activation maps that other code has written, of three kinds.

- ``ID.npy``: a pickled dict as IRN saves it (``keys``, ``cam``,
  ``high_res``), or one map by class index, as other repositories do. Read
  without running code of the file.
- ``ID.npz``: the same names, or a map by class index or class name.
- ``ID/CLASS.png``: a greyscale map a class, by name or index.
"""

import io
import pickle
import zipfile
import zlib
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from ..utils import InputError
from ..utils.plain_arrays import STAND_INS, with_arrays

ERRORS = (OSError, EOFError, ValueError, TypeError, KeyError, IndexError,
          AttributeError, RuntimeError, pickle.UnpicklingError,
          zipfile.BadZipFile, zlib.error)


def read_foreign_cam(folder: str | Path, image_id: str,
                     classes: Sequence[str]) -> dict[int, np.ndarray]:
    """Read the maps of an image.

    Args:
        folder: Folder of the files.
        image_id: The image.
        classes: Names of the classes, without background.

    Returns:
        A map by class index from 0, each (h, w), float32, of any size and
        scale.

    Raises:
        InputError: There is no file of the image, or it is no good.
    """
    base = Path(folder) / image_id
    readers = {
        base.with_name(f'{base.name}.npy'): _read_npy,
        base.with_name(f'{base.name}.npz'): _read_npz,
        base: _read_pngs}
    path = next((path for path in readers if path.exists()), None)
    if path is None:
        raise InputError(f'{base}: no CAMs; there is neither {base.name}.npy '
                         f'nor {base.name}.npz nor a folder {base.name}')
    try:
        maps = _by_class(readers[path](path), classes)
    except ERRORS as error:
        raise InputError(f'{path}: not a file of CAMs ({error}); write it '
                         'anew') from error
    for values in maps.values():
        if values.ndim != 2 or not np.isfinite(values).all():
            raise InputError(f'{path}: a map of shape {values.shape} or with '
                             'NaN; give finite maps (h, w)')
    return maps


def _by_class(content: Mapping[Any, Any],
              classes: Sequence[str]) -> dict[int, np.ndarray]:
    """Return maps by class index, whatever the file calls them."""
    if 'keys' in content:
        maps = content['high_res'] if 'high_res' in content else content['cam']
        keys = np.asarray(content['keys']).tolist()
        items = list(zip(keys, np.asarray(maps), strict=True))
    else:
        items = list(content.items())
    found = {}
    for key, values in items:
        index = (classes.index(key) if key in classes else int(key))
        if not 0 <= index < len(classes):
            raise ValueError(f'class index {index}, there are {len(classes)} '
                             'classes')
        found[index] = np.asarray(values, dtype=np.float32)
    return found


def _read_npz(path: Path) -> dict[str, np.ndarray]:
    with np.load(path, allow_pickle=False) as file:
        return dict(file.items())


def _read_pngs(folder: Path) -> dict[str, np.ndarray]:
    maps = {}
    for path in sorted(folder.glob('*.png')):
        with Image.open(path) as image:
            maps[path.stem] = np.array(image.convert('F'))
    if not maps:
        raise ValueError('no PNG in it')
    return maps


def _read_npy(path: Path) -> Mapping[Any, Any]:
    """Read a pickled dict of arrays or tensors, and nothing else."""
    with open(path, 'rb') as file:
        version = np.lib.format.read_magic(file)
        if version not in ((1, 0), (2, 0)):
            raise ValueError(f'version {version} of .npy')
        read_header = (np.lib.format.read_array_header_1_0 if version == (1, 0)
                       else np.lib.format.read_array_header_2_0)
        shape, _, dtype = read_header(file)
        if not dtype.hasobject or shape != ():
            raise ValueError('an array, not a dict of maps')
        content = with_arrays(_ArrayUnpickler(file).load())
    if not isinstance(content, Mapping):
        raise ValueError(f'a {type(content).__name__}, not a dict of maps')
    return {key: value.numpy() if isinstance(value, Tensor) else value
            for key, value in content.items()}


def _storage(data: bytes) -> object:
    """Stand in for torch's reader of storages, which would run code."""
    return torch.load(io.BytesIO(data), weights_only=True)


def _tensor(*arguments: Any) -> Tensor:
    """Make a tensor of a storage; a file cannot change torch's function."""
    return torch._utils._rebuild_tensor_v2(*arguments)


KNOWN: dict[tuple[str, str], Any] = {
    **STAND_INS,
    ('collections', 'OrderedDict'): OrderedDict,
    ('torch._utils', '_rebuild_tensor_v2'): _tensor,
    ('torch.storage', '_load_from_bytes'): _storage,
}


class _ArrayUnpickler(pickle.Unpickler):
    """Unpickler that knows what arrays and tensors are made of."""

    def find_class(self, module: str, name: str) -> Any:
        """Return something known, refuse all else."""
        if (module, name) not in KNOWN:
            raise pickle.UnpicklingError(f'it asks for {module}.{name}')
        return KNOWN[module, name]
