# Copyright (c) COMNet contributors. All rights reserved.
"""Running the stages, and what a folder of them holds.

::

    WORK_DIR
    ├── results.json, grid.png
    └── METHOD                comnet, and cam for the baseline
        ├── classifier        checkpoints
        ├── cam               cam/ID.npz, metrics.json
        ├── affinity          labels/ID.png
        ├── irnet             checkpoints
        ├── pseudo            masks/ID.png, metrics.json
        ├── segmentor         checkpoints
        └── evaluation        metrics.json

A stage's folder holds ``command.txt``, what it was started with, its log, and
``done.json`` once it is finished.
"""

import hashlib
import json
import os
import shlex
import subprocess
import sys
import time
from pathlib import Path

from ..engine.config import read_config
from ..utils.errors import InputError
from .method import STAGES, Method


def run_stage(method: Method, stage: str) -> None:
    """Run a stage unless it is done.

    A stage that was cut off goes on.

    Raises:
        InputError: A stage before it is not done, this one was begun with
            another command or config or before that stage, or it fails.
    """
    folder = method.folder / stage
    started, done = folder / 'command.txt', folder / 'done.json'
    before = [method.folder / name / 'done.json'
              for name in STAGES[:STAGES.index(stage)]]
    for path in before:
        if not path.is_file():
            raise InputError(f'{path.parent}: not done yet; run the stage '
                             f'{path.parent.name!r} first')
        if _is_newer(path, started):
            raise InputError(f'{folder}: begun before {path.parent.name!r} '
                             'was made anew; delete it to make it anew too')
    command = method.command(stage)
    text = _fingerprint(command, method.config_of(stage))
    begun_with = started.read_text() if started.is_file() else None
    if _has_output(folder) and begun_with != text:
        raise InputError(
            f'{folder}: begun with other settings; delete it to make it anew, '
            'or choose another --work-dir')
    if done.is_file():
        print(f'{method.name}: {stage} is done', flush=True)
        return
    print(f'{method.name}: {stage}', flush=True)
    folder.mkdir(parents=True, exist_ok=True)
    started.write_text(text)
    seconds = _run(command, folder / 'log.txt')
    done.write_text(json.dumps(dict(seconds=round(seconds, 1))))


def stage_results(method: Method) -> dict:
    """Return what the stages so far have measured.

    Returns:
        dict: For ``cam``, ``pseudo`` and ``evaluation`` their metrics,
        and ``seconds`` a stage.
    """
    results: dict = dict(seconds={})
    for index, stage in enumerate(STAGES):
        folder = method.folder / stage
        done, metrics = folder / 'done.json', folder / 'metrics.json'
        before = [method.folder / name / 'done.json'
                  for name in STAGES[:index]]
        if not done.is_file() or any(_is_newer(path, done) for path in before):
            break  # what comes later is of another run
        results['seconds'][stage] = json.loads(
            done.read_text())['seconds']
        if metrics.is_file():
            results[stage] = json.loads(metrics.read_text())
    return results


def _has_output(folder: Path) -> bool:
    """Tell whether a stage has come further than a wrong option."""
    return folder.is_dir() and any(
        path.name not in ('command.txt', 'log.txt')
        for path in folder.iterdir())


def _is_newer(path: Path, other: Path) -> bool:
    return (path.is_file() and other.is_file()
            and path.stat().st_mtime > other.stat().st_mtime)


def _fingerprint(command: list[str], config: str | None) -> str:
    """Describe a command and the config it reads, one item a line."""
    lines = [shlex.join(command)]
    if config is not None:
        text = read_config(config).pretty_text
        lines.append(hashlib.sha256(text.encode()).hexdigest())
    return '\n'.join(lines) + '\n'


def _run(command: list[str], log: Path) -> float:
    """Run a command, its output into a log, and return the seconds."""
    start = time.monotonic()
    with open(log, 'a', encoding='utf-8') as file:
        code = subprocess.call(
            [sys.executable, *command],
            stdout=file,  # stderr carries the bars and errors
            env={**os.environ, 'PYTHONWARNINGS': 'ignore'})
    if code:
        raise InputError(f'{log.parent}: failed with exit status {code}; see '
                         f'above and {log}, then run the pipeline again')
    return time.monotonic() - start
