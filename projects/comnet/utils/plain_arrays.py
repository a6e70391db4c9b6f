# Copyright (c) COMNet contributors. All rights reserved.
"""Arrays of numbers in pickled files, read without NumPy's own types.

Those would follow pointers that a file holds: an array of objects takes its
raw bytes. The stand-ins below, to be mapped to NumPy's names, can but hold
numbers, and a single object such as a dict.
"""

from pickle import UnpicklingError
from typing import Any

import numpy as np

NUMBERS = frozenset(('b1', 'i1', 'i2', 'i4', 'i8', 'u1', 'u2', 'u4', 'u8',
                     'f2', 'f4', 'f8'))
OBJECTS = frozenset(('O', 'O8'))


class PlainDtype:
    """A type of numbers, of which a file sets nothing but the byte order."""

    def __init__(self, name: str, *flags: bool) -> None:
        if name not in NUMBERS | OBJECTS:
            raise UnpicklingError(f'{name!r} is no type of numbers')
        self.dtype = None if name in OBJECTS else np.dtype(name)

    def __setstate__(self, state: tuple) -> None:
        if self.dtype is not None:
            self.dtype = self.dtype.newbyteorder(state[1])


class PlainArray:
    """What a file holds of an array; ``value`` is the array or the object."""
    value: Any

    def __init__(self, *start: object) -> None:
        """Start as NumPy does, with what says nothing of the array."""

    def __setstate__(self, state: tuple) -> None:
        _, shape, dtype, fortran, data = state
        if dtype.dtype is None:
            if shape != () or type(data) is not list or len(data) != 1:
                raise UnpicklingError('an array of objects')
            self.value = data[0]
        else:
            numbers = np.frombuffer(data, dtype.dtype).copy()
            self.value = numbers.reshape(shape, order='F' if fortran else 'C')


def plain_scalar(dtype: PlainDtype, data: bytes) -> np.generic:
    """Return a single number."""
    if dtype.dtype is None:
        raise UnpicklingError('a scalar that is no number')
    number, = np.frombuffer(data, dtype.dtype)
    return number


def with_arrays(node: Any) -> Any:
    """Return what was read with NumPy's arrays, in plain dicts and lists.

    A file can give an ordered dict attributes that hide what it holds.
    """
    if isinstance(node, PlainArray):
        return with_arrays(node.value)
    if isinstance(node, dict):
        return {key: with_arrays(value) for key, value in dict.items(node)}
    if isinstance(node, tuple):
        return tuple(map(with_arrays, node))
    return [*map(with_arrays, node)] if isinstance(node, list) else node


# what NumPy 2 and 1 write
STAND_INS: dict[tuple[str, str], Any] = {
    ('numpy', 'ndarray'): PlainArray,
    ('numpy', 'dtype'): PlainDtype,
    **{(f'{module}.multiarray', name): stand_in
       for module in ('numpy._core', 'numpy.core')
       for name, stand_in in (('_reconstruct', PlainArray),
                              ('scalar', plain_scalar))},
}
