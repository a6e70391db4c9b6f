# Copyright (c) COMNet contributors. All rights reserved.
"""Processes that gloo joins, forked from a test: imports take seconds."""

import os
import socket
from collections.abc import Callable
from multiprocessing.queues import SimpleQueue
from pathlib import Path
from typing import Any

import torch


def in_processes(function: Callable[[int], Any], number: int,
                 sync: Path) -> list[Any]:
    """Return what a function returns in each of several processes, by rank.

    Args:
        function: Called with the rank; what it returns can be pickled.
        number: Of the processes, all of one machine.
        sync: File by which they meet, which is not there yet.
    """
    context = torch.multiprocessing.get_context('fork')
    queue = context.SimpleQueue()
    started = [context.Process(
        target=_call, args=(function, rank, number, sync, queue), daemon=True)
        for rank in range(number)]
    for process in started:
        process.start()
    found = dict(queue.get() for _ in started)
    for process in started:
        process.join()
        assert process.exitcode == 0
    return [found[rank] for rank in range(number)]


def free_port() -> int:
    """Return a port that nobody listens at."""
    with socket.socket() as found:
        found.bind(('127.0.0.1', 0))
        return int(found.getsockname()[1])


def _call(function: Callable[[int], Any], rank: int, number: int, sync: Path,
          queue: SimpleQueue) -> None:
    os.environ.update(LOCAL_RANK=str(rank), LOCAL_WORLD_SIZE=str(number))
    torch.distributed.init_process_group(
        'gloo', init_method=f'file://{sync}', rank=rank, world_size=number)
    queue.put((rank, function(rank)))
