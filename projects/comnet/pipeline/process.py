# Copyright (c) COMNet contributors. All rights reserved.
"""A process of its own for each step, or one a GPU.

Whatever a step leaves behind, memory and threads, ends with it.
"""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import set_start_method
from pathlib import Path
from typing import Any

from mmengine.utils import import_modules_from_strings

from ..registry import STEPS
from ..utils import InputError, one_line_errors
from ..utils.parallel import end_with_parent, fresh_context
from .plan import Planned

RUN_TASK = ('import json, sys; from comnet.pipeline.process import run_task; '
            'run_task(json.loads(sys.argv[1]))')


def run_in_process(planned: Planned, gpus: int) -> None:
    """Run a step; what it prints goes to its log, errors and bars here.

    Args:
        planned: The step.
        gpus: Number of processes, one a GPU.

    Raises:
        InputError: It failed.
    """
    method, step = planned.method, planned.step
    gpus = gpus if step.shared else 1
    log = method.log(planned.name)
    log.parent.mkdir(parents=True, exist_ok=True)
    task = dict(
        step=dict(step.__getstate__(), type=type(step).__name__),
        imports=dict(method.settings.get('custom_imports') or dict(
            imports=[])),
        launcher='none' if gpus == 1 else 'pytorch')
    code = _run_alone(task, log) if gpus == 1 else _launch(task, log, gpus)
    if code:
        raise InputError(f'{planned} failed with exit status {code}; see '
                         f'above and {log}, then run the pipeline again')


def run_task(task: dict[str, Any]) -> None:
    """Run the step that :func:`run_in_process` has written down."""
    with one_line_errors():
        import_modules_from_strings(**task['imports'])
        STEPS.build(task['step']).run(launcher=task['launcher'])


def _run_alone(task: dict[str, Any], log: Path) -> int:
    """Run a task in a new process."""
    process = fresh_context().Process(target=_run_logged, args=(task, log))
    process.start()
    process.join()
    return process.exitcode or 0


def _run_logged(task: dict[str, Any], log: Path) -> None:
    with open(log, 'ab') as file:
        os.dup2(file.fileno(), 1)  # stdout, that of its own children too
    set_start_method(None, force=True)  # as in any other process
    end_with_parent()
    run_task(task)


def _launch(task: dict[str, Any], log: Path, gpus: int) -> int:
    command = [
        sys.executable, '-m', 'torch.distributed.run', '--standalone',
        f'--nproc_per_node={gpus}', '--no-python', sys.executable, '-c',
        RUN_TASK, json.dumps(task, default=str)]
    with open(log, 'ab') as file, \
            subprocess.Popen(command, stdout=file) as launcher, \
            _ending(launcher):
        return launcher.wait()


@contextmanager
def _ending(launcher: subprocess.Popen) -> Iterator[None]:
    """Pass a SIGTERM on to the launcher, which ends its processes."""
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread hears of signals
        return
    before = signal.signal(signal.SIGTERM, lambda *_: launcher.terminate())
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
