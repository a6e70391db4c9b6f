# Copyright (c) COMNet contributors. All rights reserved.
"""How much memory the work of a process takes, and what it keeps."""

import ctypes
import resource
import sys

UNIT = 2**10 if sys.platform == 'darwin' else 1  # of ru_maxrss, to KiB

M_TRIM_THRESHOLD, M_MMAP_MAX = -1, -4  # of mallopt, in malloc.h

_largest_worker = 0.0
_largest_on_gpu = 0.0


def peak_memory() -> float:
    """Return the largest resident memory so far of one process, in MiB.

    Of this one, its children that have ended, and the workers that it was
    told of.
    """
    usages = (resource.getrusage(who).ru_maxrss / UNIT / 2**10
              for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return max(_largest_worker, *usages)


def note_worker(memory: float) -> None:
    """Tell of the peak memory of a worker, in MiB."""
    global _largest_worker
    _largest_worker = max(_largest_worker, memory)


def peak_gpu_memory() -> float:
    """Return the largest memory so far of tensors on the GPU, in MiB.

    Of what PyTorch tells at each call: mmengine resets that when it logs, so
    a runner calls before its hooks do.
    """
    global _largest_on_gpu
    torch = sys.modules.get('torch')  # what did not import it has none
    if torch is not None and torch.cuda.is_initialized():
        _largest_on_gpu = max(
            _largest_on_gpu, torch.cuda.max_memory_allocated() / 2**20)
    return _largest_on_gpu


def keep_freed_memory() -> None:
    """Have the process keep what it frees for what it allocates next.

    A training's steps take and free the same large maps. The GNU C library
    returns each beyond 32 MiB to the system, which clears all its pages the
    next time. The peak grows by less than a tenth. Other libraries are left
    as they are; there is no way back.
    """
    mallopt = getattr(ctypes.CDLL(None), 'mallopt', None)
    if mallopt is not None:
        mallopt(M_MMAP_MAX, 0)  # no block of memory is mapped for itself,
        mallopt(M_TRIM_THRESHOLD, -1)  # none at the end is given back
