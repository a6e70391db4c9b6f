# Copyright (c) COMNet contributors. All rights reserved.
"""What the benchmarks share: time, memory and tables."""

import ctypes
import statistics
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import torch

from comnet.utils.memory import keep_freed_memory
from comnet.utils.parallel import fresh_context

M_MMAP_THRESHOLD = -3  # of mallopt, in malloc.h
Call = Callable[[], object]


@dataclass
class Cost:
    """Median time in seconds and peak memory in bytes of a call.

    The memory is what the call needs on top of its input.
    """
    seconds: float
    memory: int

    def cells(self, digits: int = 0) -> list[str]:
        """Return time and memory as cells of a table."""
        return [f'{self.seconds * 1e3:.{digits}f} ms',
                f'{self.memory / 2**20:.0f} MiB']


def measure(case: Callable[[], Call], device: str, repeats: int) -> Cost:
    """Measure a call in processes of its own.

    Args:
        case: Makes the input and returns the call; a function that can be
            pickled.
        device: 'cpu' or 'cuda'. On CPU the memory is read from Linux.
        repeats: Number of timed calls, after one that is not.

    Returns:
        The cost.
    """
    if device != 'cpu':
        return _alone(_measure_gpu, case, repeats)
    memory = _alone(_memory_on_cpu, case)
    return Cost(_alone(_seconds, case, repeats, device), memory)


def measure_once(case: Callable[[], Call]) -> Cost:
    """Measure a single call on CPU, in a process of its own."""
    return _alone(_once, case)


def timed(call: Call, device: str) -> float:
    """Return the seconds that a call takes."""
    _wait(device)
    start = time.perf_counter()
    call()
    _wait(device)
    return time.perf_counter() - start


def print_steps(title: str, steps: dict[str, Callable[[], Call]], device: str,
                repeats: int, digits: int) -> None:
    """Print medians of two training steps in turns, the first ones untimed.

    Args:
        title: Of the table.
        steps: Makes each call, by the title of its column.
        device: 'cpu' or 'cuda'.
        repeats: Number of timed calls of each.
        digits: Of the second's time in parts of the first's.
    """
    if device == 'cpu':
        keep_freed_memory()  # as a training does
    calls = [make() for make in steps.values()]
    for call in calls:
        call()
    times = [[timed(call, device) for call in calls] for _ in range(repeats)]
    ratio = statistics.median(two / one for one, two in times)
    print_head(title, *steps, 'ratio')
    print_row(*(f'{statistics.median(each) * 1e3:.0f} ms'
                for each in zip(*times, strict=True)), f'{ratio:.{digits}f}')


def machine(device: str) -> str:
    """Describe the device that a benchmark runs on."""
    if device != 'cpu':
        return f'{torch.cuda.get_device_name()}, torch {torch.__version__}'
    info = Path('/proc/cpuinfo').read_text().splitlines()
    names = [line.split(':')[1].strip() for line in info
             if line.startswith('model name')]
    return (f'{names[0] if names else "CPU"}, {torch.get_num_threads()} '
            f'threads, torch {torch.__version__}')


def print_head(title: str, *cells: str) -> None:
    """Print the head of a Markdown table."""
    print(f'\n{title}\n')
    print_row(*cells)
    print_row(*['---'] * len(cells))


def print_row(*cells: object) -> None:
    """Print a line of a Markdown table."""
    print('| ' + ' | '.join(str(cell) for cell in cells) + ' |', flush=True)


def cost_cells(ours: Cost, literal: Cost | None) -> list[str]:
    """Return the cells of :data:`COST_COLUMNS`, '-' without the literal."""
    return [*ours.cells(1), *(['-'] * 4 if literal is None else [
        *literal.cells(), f'{literal.seconds / ours.seconds:.1f}',
        f'{literal.memory / max(ours.memory, 1):.1f}'])]


COST_COLUMNS = ('time', 'memory', 'literal time', 'literal memory',
                'times faster', 'times less memory')


def _wait(device: str) -> None:
    if device != 'cpu':
        torch.cuda.synchronize()


def _alone(function: Callable, *args: object):
    """Call a function in a new process."""
    with ProcessPoolExecutor(1, fresh_context()) as pool:
        return pool.submit(function, *args).result()


def _seconds(case: Callable[[], Call], repeats: int, device: str) -> float:
    call = case()
    call()
    return statistics.median(timed(call, device) for _ in range(repeats))


def _memory_on_cpu(case: Callable[[], Call]) -> int:
    # what is freed must not be kept for reuse
    ctypes.CDLL(None).mallopt(M_MMAP_THRESHOLD, 65536)
    call = case()
    before = _reset_peak()
    call()
    return _resident('VmHWM') - before


def _once(case: Callable[[], Call]) -> Cost:
    call = case()
    before = _reset_peak()
    seconds = timed(call, 'cpu')
    return Cost(seconds, _resident('VmHWM') - before)


def _reset_peak() -> int:
    """Let the peak begin at the memory now in use, which is returned."""
    Path('/proc/self/clear_refs').write_text('5')
    return _resident('VmRSS')


def _measure_gpu(case: Callable[[], Call], repeats: int) -> Cost:
    call = case()
    call()
    torch.cuda.reset_peak_memory_stats()
    before = torch.cuda.memory_allocated()
    seconds = statistics.median(timed(call, 'cuda') for _ in range(repeats))
    return Cost(seconds, torch.cuda.max_memory_allocated() - before)


def _resident(field: str) -> int:
    """Read VmRSS or its peak, VmHWM, of this process in bytes."""
    lines = Path('/proc/self/status').read_text().splitlines()
    line = next(line for line in lines if line.startswith(field))
    return int(line.split()[1]) * 1024
