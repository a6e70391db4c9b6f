# Copyright (c) COMNet contributors. All rights reserved.
"""Peak memory of a process and of its workers, and what it keeps."""

import platform
import subprocess
import sys

import numpy as np
import pytest

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


COUNT_PAGES = """
from resource import RUSAGE_SELF, getrusage
import torch
from comnet.utils.memory import keep_freed_memory


def count():
    before = getrusage(RUSAGE_SELF).ru_minflt
    torch.ones(2**24)  # 64 MiB, freed at once
    return getrusage(RUSAGE_SELF).ru_minflt - before


usual = [count() for _ in range(20)]
keep_freed_memory()
kept = [count() for _ in range(20)]  # settles within ten rounds
print(usual[-1], kept[-1])
"""


@pytest.mark.skipif(platform.libc_ver()[0] != 'glibc', reason='not of glibc')
def test_freed_memory_is_kept() -> None:
    """The same block taken again asks the system for no page."""
    output = subprocess.run([sys.executable, '-c', COUNT_PAGES], check=True,
                            capture_output=True, text=True).stdout
    usual, kept = map(int, output.split())
    assert kept < 100 < usual
