# Copyright (c) COMNet contributors. All rights reserved.
"""A process of its own for each stage, or one a GPU.

Whatever a stage leaves behind, memory and threads, ends with it.
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

from mmengine.config import ConfigDict

from ..utils import InputError, one_line_errors
from ..utils.parallel import clean_context, end_with_parent
from .method import stages_of
from .stage import Job, Stage
from .workspace import Workspace


def run_in_process(job: Job, stage: Stage, gpus: int) -> None:
    """Run a stage; what it prints goes to its log, errors and bars here.

    Args:
        job: The method.
        stage: One of its stages.
        gpus: Number of processes, one a GPU.

    Raises:
        InputError: It failed.
    """
    gpus = gpus if stage.shared else 1
    log = job.workspace.log(job.method, stage.name)
    log.parent.mkdir(parents=True, exist_ok=True)
    task = dict(
        method=job.method, settings=job.settings.to_dict(),
        root=str(job.workspace.root), seed=job.seed, stage=stage.name,
        launcher='none' if gpus == 1 else 'pytorch')
    code = _run_alone(task, log) if gpus == 1 else _launch(task, log, gpus)
    if code:
        raise InputError(f'{job.method}: {stage.name} failed with exit '
                         f'status {code}; see above and {log}, then run the '
                         'pipeline again')


def run_task(task: dict[str, Any]) -> None:
    """Run the stage that :func:`run_in_process` has written down."""
    job = Job(task['method'], ConfigDict(task['settings']),
              Workspace(Path(task['root'])), task['seed'], task['launcher'])
    stage, = (stage for stage in stages_of(job.settings)
              if stage.name == task['stage'])
    with one_line_errors():
        stage.run(job)


def _run_alone(task: dict[str, Any], log: Path) -> int:
    """Run a task in a process that has all modules already."""
    process = clean_context().Process(target=_run_logged, args=(task, log))
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
    """Run a task in several processes, see ``__main__.py``."""
    command = [
        sys.executable, '-m', 'torch.distributed.run', '--standalone',
        f'--nproc_per_node={gpus}', '-m', __package__, json.dumps(task)]
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
