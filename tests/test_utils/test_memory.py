# Copyright (c) COMNet contributors. All rights reserved.
"""Peak memory of a process and of its workers."""

import numpy as np

from comnet.utils.memory import peak_memory
from comnet.utils.parallel import run_jobs

MIB = 2**20


def test_peak_is_that_of_the_largest_process() -> None:
    before = peak_memory()
    values = np.ones(300 * MIB, dtype=np.uint8)
    own = peak_memory()
    assert own >= 300 and own >= before
    del values
    assert peak_memory() >= own  # a peak, not what is taken now
    larger = int(own) + 200
    jobs = [(f'import numpy; numpy.ones({number * MIB}, dtype="uint8")', )
            for number in (larger, 1)]
    for _ in run_jobs(exec, jobs, workers=1):
        pass
    assert larger < peak_memory() < larger + own
