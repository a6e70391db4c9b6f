# Copyright (c) COMNet contributors. All rights reserved.
"""Metrics over several processes, as a test's sampler deals images out."""

from copy import deepcopy
from pathlib import Path

from mmengine.dataset import DefaultSampler
from mmengine.evaluator import BaseMetric

from helpers.gloo import in_processes


def evaluated(metric: BaseMetric, samples: list[dict], processes: int,
              sync: Path) -> list[str]:
    """Return what a metric finds, in each process.

    Args:
        metric: It stays as it is.
        samples: Of the images.
        processes: Their number.
        sync: File by which they meet, which is not there yet.
    """
    def evaluate(rank: int) -> str:
        own = deepcopy(metric)
        for index in DefaultSampler(samples, shuffle=False):
            own.process({}, [samples[index]])
        return str(own.evaluate(len(samples)))

    return in_processes(evaluate, processes, sync)
