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
from multiprocessing import set_start_method
from pathlib import Path
from typing import Any

from mmengine.utils import import_modules_from_strings

from ..engine.config_file import import_from
from ..registry import STEPS
from ..utils import InputError, one_line_errors
from ..utils.loading import lost_batches_end_workers
from ..utils.main_module import hidden_main
from ..utils.parallel import end_with_parent, fresh_context
from .plan import Planned

RUN_TASK = ('import json, sys; '
            'from comnet.pipeline.process import run_launched_task; '
            'run_launched_task(json.loads(sys.argv[1]))')
PATIENCE = 20  # seconds that a step has to end in order


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
        folder=str(method.config.parent),
        launcher='none' if gpus == 1 else 'pytorch')
    code = _run_alone(task, log) if gpus == 1 else _launch(task, log, gpus)
    if code:
        raise InputError(f'{planned} failed with exit status {code}; see '
                         f'above and {log}, then run the pipeline again')


def run_task(task: dict[str, Any]) -> None:
    """Run the step that :func:`run_in_process` has written down."""
    with one_line_errors():
        lost_batches_end_workers()
        import_from(task['folder'])
        import_modules_from_strings(**task['imports'])
        STEPS.build(task['step']).run(launcher=task['launcher'])


def run_launched_task(task: dict[str, Any]) -> None:
    """Run a task as one of several processes, until the pipeline ends.

    It holds the other end of their stdin, whatever it ends by.
    """

    def watch() -> None:
        os.read(0, 1)  # sys.stdin has a lock that forks would inherit
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
    run_task(task)


def _run_alone(task: dict[str, Any], log: Path) -> int:
    """Run a task in a new process."""
    process = fresh_context().Process(target=_run_logged, args=(task, log))
    with hidden_main():
        process.start()
    try:
        process.join()
    except BaseException:
        process.terminate()
        process.join(PATIENCE)
        process.kill()  # what it has written is whole
        raise
    return process.exitcode or 0


def _run_logged(task: dict[str, Any], log: Path) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the pipeline's to hear
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # says nothing
    with open(log, 'ab') as file:
        os.dup2(file.fileno(), 1)  # stdout, that of its own children too
    set_start_method(None, force=True)  # as in any other process
    end_with_parent()
    run_task(task)


def _launch(task: dict[str, Any], log: Path, gpus: int) -> int:
    """Run a task in several new processes, which Ctrl-C does not reach."""
    command = [
        sys.executable, '-m', 'torch.distributed.run', '--standalone',
        f'--nproc_per_node={gpus}', '--no-python', sys.executable, '-c',
        RUN_TASK, json.dumps(task, default=str)]
    with open(log, 'ab') as file, subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=file,
            start_new_session=True) as launcher:
        try:
            return launcher.wait()
        except BaseException:
            launcher.kill()  # its processes end with our end of their stdin
            raise
