# Copyright (c) COMNet contributors. All rights reserved.
"""Metrics over several processes, as a test's sampler deals images out."""

from copy import deepcopy
from multiprocessing.queues import SimpleQueue
from pathlib import Path

import torch
from mmengine.dataset import DefaultSampler
from mmengine.evaluator import BaseMetric


def evaluated(metric: BaseMetric, samples: list[dict], processes: int,
              sync: Path) -> list[str]:
    """Return what a metric finds, in each process.

    Args:
        metric: It stays as it is.
        samples: Of the images.
        processes: Their number.
        sync: File by which they meet, which is not there yet.
    """
    context = torch.multiprocessing.get_context('fork')
    queue = context.SimpleQueue()
    started = [
        context.Process(target=_evaluate, args=(
            rank, processes, deepcopy(metric), samples, sync, queue),
            daemon=True)
        for rank in range(processes)]
    for process in started:
        process.start()
    for process in started:
        process.join()
        assert process.exitcode == 0
    return [queue.get() for _ in started]


def _evaluate(rank: int, processes: int, metric: BaseMetric,
              samples: list[dict], sync: Path, queue: SimpleQueue) -> None:
    torch.distributed.init_process_group(
        'gloo', init_method=f'file://{sync}', rank=rank, world_size=processes)
    for index in DefaultSampler(samples, shuffle=False):
        metric.process({}, [samples[index]])
    queue.put(str(metric.evaluate(len(samples))))
