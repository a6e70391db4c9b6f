# Copyright (c) COMNet contributors. All rights reserved.
"""Many small operations run faster in one thread."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch


@contextmanager
def single_thread(device_type: str) -> Iterator[None]:
    """Compute in one thread on a CPU; elsewhere nothing changes."""
    before = torch.get_num_threads()
    if device_type == 'cpu':
        torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
