# Copyright (c) COMNet contributors. All rights reserved.
"""What a computation goes on in: precision, threads, a recording."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch.onnx import is_in_onnx_export


def is_traced() -> bool:
    """Tell whether operations are recorded: some of them cannot be."""
    traced: bool = torch.jit.is_tracing()  # type: ignore[attr-defined]
    return traced or is_in_onnx_export()


@contextmanager
def single_precision(device_type: str) -> Iterator[None]:
    """Compute float32 products in full, outside of autocast and TF32."""
    with torch.autocast(device_type, enabled=False), _full_products():
        yield


@contextmanager
def _full_products() -> Iterator[None]:
    backends: list[Any] = [getattr(library, 'matmul', None)
                           for library in (torch.backends.cuda,
                                           torch.backends.mkldnn)]
    # the older setting cannot be read where a user has set the newer one
    if all(hasattr(backend, 'fp32_precision') for backend in backends):
        before = [backend.fp32_precision for backend in backends]
        _set_precision(backends, ['ieee'] * len(backends))
        try:
            yield
        finally:
            _set_precision(backends, before)
    else:
        older = torch.get_float32_matmul_precision()
        torch.set_float32_matmul_precision('highest')
        try:
            yield
        finally:
            torch.set_float32_matmul_precision(older)


def _set_precision(backends: Sequence[Any], values: Sequence[str]) -> None:
    for backend, value in zip(backends, values, strict=True):
        backend.fp32_precision = value


@contextmanager
def single_thread(device_type: str) -> Iterator[None]:
    """Compute in one thread on a CPU: small operations wait for others."""
    before = torch.get_num_threads()
    if device_type == 'cpu':
        torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
