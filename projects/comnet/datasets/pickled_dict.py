# Copyright (c) COMNet contributors. All rights reserved.
"""Dicts that other code has saved with ``numpy.save``, which pickles them."""

import io
import pickle
import struct
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path
from tokenize import TokenError
from typing import TYPE_CHECKING, Any

import numpy as np

from ..utils.plain_arrays import STAND_INS, with_arrays
from ..utils.text_file import require_regular

if TYPE_CHECKING:  # imported where a file asks for it, as it takes seconds
    from torch import Tensor

# of files that are something else
PICKLE_ERRORS = (
    OSError, EOFError, ValueError, TypeError, KeyError, IndexError,
    AttributeError, RuntimeError, ArithmeticError, MemoryError, SyntaxError,
    TokenError, struct.error, pickle.UnpicklingError)


def read_pickled_dict(path: Path) -> Mapping[Any, Any]:
    """Read a dict of arrays, tensors and plain values, and nothing else.

    No code of the file is run.

    Args:
        path: An ``.npy``.

    Raises:
        Exception: One of :data:`PICKLE_ERRORS`; it is no such file.
    """
    require_regular(path)
    with open(path, 'rb') as file:
        version = np.lib.format.read_magic(file)
        if version not in ((1, 0), (2, 0)):
            raise ValueError(f'version {version} of .npy')
        read_header = (np.lib.format.read_array_header_1_0 if version == (1, 0)
                       else np.lib.format.read_array_header_2_0)
        shape, _, dtype = read_header(file)
        if not dtype.hasobject or shape != ():
            raise ValueError('an array, not a dict')
        content = with_arrays(_ArrayUnpickler(file).load())
    if not isinstance(content, Mapping):
        raise ValueError(f'a {type(content).__name__}, not a dict')
    return {key: value.numpy() if type(value).__name__ == 'Tensor' else value
            for key, value in content.items()}


def _storage(data: bytes) -> object:
    """Stand in for torch's reader of storages, which would run code."""
    import torch

    return torch.load(io.BytesIO(data), weights_only=True)


def _tensor(*arguments: Any) -> 'Tensor':
    """Make a tensor of a storage; a file cannot change torch's function."""
    import torch

    return torch._utils._rebuild_tensor_v2(*arguments)


def _bytes(text: str, encoding: str) -> bytes:
    """Stand in for ``codecs.encode``: Python 2 wrote bytes so."""
    if encoding != 'latin1':
        raise pickle.UnpicklingError(f'bytes in {encoding!r}')
    return text.encode('latin1')


KNOWN: dict[tuple[str, str], Any] = {
    **STAND_INS,
    ('collections', 'OrderedDict'): OrderedDict,
    ('_codecs', 'encode'): _bytes,
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
