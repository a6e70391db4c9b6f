# Copyright (c) COMNet contributors. All rights reserved.
"""Class activation maps that other code has written, of three kinds.

- ``ID.npy``: a pickled dict as IRN saves it (``keys`` and ``high_res`` or
  ``cam``) or CLIP-ES (``keys`` and ``attn_highres``), or one map by class
  index, as other repositories do. Read without running code of the file.
- ``ID.npz``: the same names, or a map by class index or class name.
- ``ID/CLASS.png``: a greyscale map a class, by name or index.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from ..utils import InputError
from ..utils.errors import one_line
from ..utils.npz_file import NPZ_ERRORS, read_npz
from ..utils.text_file import require_regular
from .pickled_dict import PICKLE_ERRORS, read_pickled_dict

ERRORS = (*PICKLE_ERRORS, *NPZ_ERRORS)
MAPS = ('high_res', 'attn_highres', 'highres', 'cam', 'strided_cam')


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
        base.with_name(f'{base.name}.npy'): read_pickled_dict,
        base.with_name(f'{base.name}.npz'): read_npz,
        base: _read_pngs}
    path = next((path for path in readers if path.exists()), None)
    if path is None:
        raise InputError(f'{base}: no CAMs; there is neither {base.name}.npy '
                         f'nor {base.name}.npz nor a folder {base.name}')
    try:
        maps = _by_class(readers[path](path), classes)
    except ERRORS as error:
        raise InputError(
            f'{path}: not a file of CAMs ({one_line(error)}); write it anew'
        ) from error
    for values in maps.values():
        if values.ndim != 2 or not np.isfinite(values).all():
            raise InputError(f'{path}: a map of shape {values.shape} or with '
                             'NaN; give finite maps (h, w)')
    return maps


def _by_class(content: Mapping[Any, Any],
              classes: Sequence[str]) -> dict[int, np.ndarray]:
    """Return maps by class index, whatever the file calls them."""
    if 'keys' in content:
        name = next((name for name in MAPS if name in content), None)
        if name is None:
            raise ValueError(
                f'beside keys it holds {_names(content, "keys")}; known are '
                f'{", ".join(MAPS)}')
        maps = content[name]
        keys = np.asarray(content['keys']).tolist()
        items = list(zip(keys, np.asarray(maps), strict=True))
    else:
        items = list(content.items())
    found = {}
    for key, values in items:
        try:
            index = classes.index(key) if key in classes else int(key)
        except ValueError:
            raise ValueError(f'it holds {_names(content)}; known are classes, '
                             f'their numbers, and keys with one of '
                             f'{", ".join(MAPS)}') from None
        if not 0 <= index < len(classes):
            raise ValueError(f'class index {index}, there are {len(classes)} '
                             'classes')
        found[index] = np.asarray(values, dtype=np.float32)
    return found


def _names(content: Mapping[Any, Any], *but: str) -> str:
    """Name what a file holds."""
    return ', '.join(str(key) for key in content if key not in but)


def _read_pngs(folder: Path) -> dict[str, np.ndarray]:
    maps = {}
    for path in sorted(folder.glob('*.png')):
        require_regular(path)
        with Image.open(path) as image:
            maps[path.stem] = np.array(image.convert('F'))
    if not maps:
        raise ValueError('no PNG in it')
    return maps
