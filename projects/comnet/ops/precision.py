# Copyright (c) COMNet contributors. All rights reserved.
"""Single precision, whatever the training around it uses."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch


@contextmanager
def single_precision(device_type: str) -> Iterator[None]:
    """Compute float32 products in full, outside of autocast and TF32."""
    before = torch.get_float32_matmul_precision()
    torch.set_float32_matmul_precision('highest')
    try:
        with torch.autocast(device_type, enabled=False):
            yield
    finally:
        torch.set_float32_matmul_precision(before)
