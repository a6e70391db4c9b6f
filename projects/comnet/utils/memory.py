# Copyright (c) COMNet contributors. All rights reserved.
"""How much memory the work of a process takes."""

import resource
import sys

import torch

UNIT = 2**10 if sys.platform == 'darwin' else 1  # of ru_maxrss, to KiB

_largest_worker = 0.0


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
    """Return the largest memory so far of tensors on the GPU, in MiB."""
    if not torch.cuda.is_initialized():
        return 0.0
    return torch.cuda.max_memory_allocated() / 2**20
