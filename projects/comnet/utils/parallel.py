# Copyright (c) COMNet contributors. All rights reserved.
"""Jobs in worker processes, few enough at a time to fit into memory."""

import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import forkserver, get_context, parent_process
from multiprocessing.context import ForkServerContext, SpawnContext
from pathlib import Path
from typing import Any, Generic, TypeVar

from .errors import InputError
from .main_module import hidden_main
from .memory import note_worker, peak_memory

T = TypeVar('T')

JOBS_PER_WORKER = 2  # handed out at a time
CGROUP = Path('/proc/self/cgroup')  # where this process's group is told
CGROUPS = Path('/sys/fs/cgroup')


def default_workers() -> int:
    """Return this process's share of the cores that it may use.

    They are the fewest of those that it is bound to, those whose time a
    container or other control group grants, and those that Slurm has given
    its task. Processes that torchrun has started beside it get as many.
    """
    cores = [len(os.sched_getaffinity(0)) if hasattr(
        os, 'sched_getaffinity') else os.cpu_count() or 1]
    cores += _granted_cores()
    if task := os.environ.get('SLURM_CPUS_PER_TASK'):
        cores.append(int(task))
    return max(1, min(cores) // int(os.environ.get('LOCAL_WORLD_SIZE', 1)))


def _granted_cores() -> list[int]:
    """Return the limits of this process's control groups, outermost first."""
    try:
        own = next(line for line in CGROUP.read_text().splitlines()
                   if line.startswith('0::'))  # version 2
    except (OSError, StopIteration):
        return []
    folder = CGROUPS / own.removeprefix('0::').lstrip('/')
    limits = []
    for each in (*reversed(folder.parents), folder):
        try:
            quota, period = (each / 'cpu.max').read_text().split()
        except (OSError, ValueError):
            continue  # it has none
        if quota != 'max':
            limits.append(-(-int(quota) // int(period)))
    return limits


class JobPool(Generic[T]):
    """Worker processes that are handed calls of a function one by one.

    For jobs that come from elsewhere, as those of a test loop do; see
    :func:`run_jobs` for those that can be drawn. Few calls are out at a time,
    so that it does no harm if their arguments are large.

    Args:
        function: Called in a worker process, which imports it by its name.
        workers: Number of processes.

    Raises:
        InputError: There are no workers.
    """

    def __init__(self, function: Callable[..., T], workers: int) -> None:
        if workers < 1:
            raise InputError(f'{workers} workers: give at least one')
        self._function = function
        self._room = JOBS_PER_WORKER * workers
        self._pending: deque[Future[tuple[T, float]]] = deque()
        self._pool = ProcessPoolExecutor(
            workers, clean_context(), initializer=_start_worker)

    def push(self, *arguments: Any) -> list[T]:
        """Hand out a call, and wait where too many are out.

        Returns:
            What earlier calls have returned, in their order: one result or
            none.

        Raises:
            InputError: A worker was killed. What a call raises is raised here.
        """
        with self._closed_by_errors():
            with hidden_main():
                self._pending.append(
                    self._pool.submit(_measured, self._function, arguments))
            full = len(self._pending) >= self._room
            return [_result(self._pending.popleft())] if full else []

    def rest(self) -> Iterator[T]:
        """Yield what the calls return that are still out, in their order.

        Raises:
            InputError: See :meth:`push`.
        """
        with self._closed_by_errors():
            while self._pending:
                yield _result(self._pending.popleft())

    def close(self) -> None:
        """End the workers; calls that have not begun never will."""
        self._pool.shutdown(cancel_futures=True)

    @contextmanager
    def _closed_by_errors(self) -> Iterator[None]:
        try:
            yield
        except BrokenProcessPool as error:
            self.close()
            raise InputError(
                'a worker process was killed, perhaps for want of memory; '
                'take fewer workers and run again to go on') from error
        except Exception:
            self.close()
            raise


def run_jobs(function: Callable[..., T], jobs: Iterable[tuple],
             workers: int) -> Iterator[T]:
    """Call a function with each of the argument tuples, in processes.

    Arguments are drawn when a worker is soon free; results come in the order
    of the jobs. See :class:`JobPool`, also for what is raised.
    """
    pool = JobPool(function, workers)
    try:
        for arguments in jobs:
            yield from pool.push(*arguments)
        yield from pool.rest()
    finally:
        pool.close()


def _measured(function: Callable[..., T],
              arguments: tuple) -> tuple[T, float]:
    """Return a call's result and the worker's peak memory, in MiB."""
    return function(*arguments), peak_memory()


def _result(job: Future[tuple[T, float]]) -> T:
    """Wait for a call, note its worker's memory and return its result."""
    result, memory = job.result()
    note_worker(memory)
    return result


def clean_context() -> ForkServerContext:
    """Start the process that workers are forked from.

    This one may have threads and a GPU, which a fork does not survive. That
    one only imports, once for all workers and while jobs are being drawn,
    what this one has imported of the package.
    """
    context = get_context('forkserver')
    package = __name__.split('.')[0]
    context.set_forkserver_preload([
        name for name in sys.modules if name.split('.')[0] == package])
    forkserver.ensure_running()
    return context


def fresh_context() -> ForkServerContext | SpawnContext:
    """Start processes that may use a GPU.

    What :func:`clean_context` imports asks for GPUs, and a process that is
    forked after that may not use one; so they start from nothing where there
    is one, which takes seconds.
    """
    import torch

    if torch.cuda.is_available():
        return get_context('spawn')
    return clean_context()


def end_with_parent() -> None:
    """Let this worker end when its parent is gone, however that ended."""
    parent = parent_process()

    def watch() -> None:
        if parent is not None:
            parent.join()
            os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _start_worker() -> None:
    """Use one core, leave Ctrl-C to the parent, and end with it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if torch := sys.modules.get('torch'):
        torch.set_num_threads(1)
    else:
        os.environ['OMP_NUM_THREADS'] = '1'  # for what may import it yet
    end_with_parent()
