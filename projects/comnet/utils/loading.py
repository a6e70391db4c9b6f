# Copyright (c) COMNet contributors. All rights reserved.
"""Processes of a data loader, and the shared memory that they need."""

import os
import shutil
from multiprocessing.queues import Queue
from pathlib import Path

from .progress import tell

SHARED_MEMORY = Path('/dev/shm')
MIN_SHARED = 16 * 2**20  # bytes, of a batch or two


def lost_batches_end_workers() -> None:
    """Let a data loader's worker end that cannot hand over a batch.

    There is no room in shared memory, for one. PyTorch would print tracebacks
    and have the loader wait for ever; so it says that a worker has ended. It
    goes for all of a process, which has to be a command's.
    """

    def end(error: Exception, batch: object) -> None:
        os._exit(1)

    Queue._on_queue_feeder_error = staticmethod(  # type: ignore[attr-defined]
        end)


def loading_workers(wanted: int) -> int:
    """Return how many processes may load images, and say where none may.

    They hand over batches in shared memory, of which containers may have
    little.
    """
    if not wanted or not SHARED_MEMORY.is_dir():
        return wanted
    free = shutil.disk_usage(SHARED_MEMORY).free
    if free >= MIN_SHARED:
        return wanted
    tell(f'{SHARED_MEMORY} has room for {free / 2**20:.1f} MiB: images are '
         'loaded without processes of their own; give it 1 GiB or more, such '
         'as by docker run --shm-size=1g')
    return 0
