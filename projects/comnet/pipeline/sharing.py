# Copyright (c) COMNet contributors. All rights reserved.
"""What one method has made is not made again for another."""

import os
import shutil
import tempfile
from pathlib import Path

from ..utils.record import Record
from .plan import Step


def take_over(step: Step) -> str | None:
    """Give a stage the output of another method's that would be the same.

    The files are hard links where the file system has such: no stage changes
    a file that another one has finished.

    Args:
        step: A stage to run, whose needs are done.

    Returns:
        The name of the other method in the same workspace, None where nobody
        has made the same or the stage has begun on its own.
    """
    job, stage = step.job, step.stage
    target = job.workspace.stage(job.method, stage.name)
    if target.exists():
        return None
    inner = stage.folder(job).relative_to(target)
    sources = sorted(job.workspace.root.glob(f'*/{stage.name}'))
    if not sources:
        return None
    now = stage.record(job)
    for source in sources:
        before = Record.read(source / inner)
        if before and before.finished and not before.changes(now):
            _link_tree(source, target)
            return source.parent.name
    return None


def _link_tree(source: Path, target: Path) -> None:
    """Copy a folder, whole or not at all."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        copy = Path(folder) / target.name
        shutil.copytree(source, copy, copy_function=_link)
        copy.rename(target)


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:  # no hard links here
        shutil.copy2(source, target)
