# Copyright (c) COMNet contributors. All rights reserved.
"""Jobs in worker processes, few enough at a time to fit into memory."""

import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context, parent_process

import torch

from .errors import InputError

JOBS_PER_WORKER = 2  # handed out at a time


def default_workers() -> int:
    """Return this process's share of the cores that it may use."""
    cores = len(os.sched_getaffinity(0)) if hasattr(
        os, 'sched_getaffinity') else os.cpu_count()
    return max(1, cores // int(os.environ.get('LOCAL_WORLD_SIZE', 1)))


def run_jobs(function: Callable, jobs: Iterable[tuple],
             workers: int) -> Iterator[None]:
    """Call a function with each of the argument tuples, in processes.

    Arguments are drawn when a worker is soon free, so that it does no harm
    that they are many or large.

    Args:
        function: Called in a worker process; its result is dropped.
        jobs: Its arguments, call by call.
        workers: Number of processes.

    Yields:
        None for each call that has ended, in the order of the jobs.

    Raises:
        InputError: A worker was killed. What a call raises is raised here.
    """
    if workers < 1:
        raise InputError(f'{workers} workers: give at least one')
    pending: deque[Future] = deque()
    pool = ProcessPoolExecutor(
        workers, get_context('fork'), initializer=_start_worker)
    try:
        for arguments in jobs:
            pending.append(pool.submit(function, *arguments))
            if len(pending) >= JOBS_PER_WORKER * workers:
                yield pending.popleft().result()
        while pending:
            yield pending.popleft().result()
    except BrokenProcessPool as error:
        raise InputError(
            'a worker process was killed, perhaps for want of memory; take '
            'fewer --workers and run again to go on') from error
    finally:
        pool.shutdown(cancel_futures=True)


def _start_worker() -> None:
    """Use one core, and end when the parent is gone, however it ended."""

    def watch() -> None:
        parent_process().join()
        os._exit(1)

    torch.set_num_threads(1)
    threading.Thread(target=watch, daemon=True).start()
