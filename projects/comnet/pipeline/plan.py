# Copyright (c) COMNet contributors. All rights reserved.
"""What of a pipeline is done, stale, or made by another method already."""

import os
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ..steps import Step
from ..utils.record import LOCK, Record
from .method import Method

NEW, UNFINISHED, DONE, STALE = 'new', 'unfinished', 'done', 'stale'


@dataclass
class Planned:
    """A step of a method and where it stands.

    Attributes:
        method: The method.
        name: Name of the step.
        state: 'new', 'unfinished', 'done' or 'stale'.
        reasons: Why it is stale.
    """
    method: Method
    name: str
    state: str
    reasons: list[str] = field(default_factory=list)

    @property
    def step(self) -> Step:
        """The step itself."""
        return self.method.built[self.name]

    def __str__(self) -> str:
        return f'{self.method.name}: {self.name}'


def plan(method: Method) -> list[Planned]:
    """Compare the record of each step with what it would be made of now.

    Returns all steps of the method, in order; an InputError tells of a file
    that a step reads and that is missing or no good.
    """
    planned: dict[str, Planned] = {}
    for name, step in method.built.items():
        waits = [other for other in method.needs(name)
                 if not _will_be_as_recorded(planned[other])]
        planned[name] = Planned(method, name, *_state(step, waits))
    return list(planned.values())


def _state(step: Step, waits: Sequence[str]) -> tuple[str, list[str]]:
    """Return where a step stands, given what it waits for, and why."""
    before = Record.read(step.folder)
    if before is None:
        if any(step.folder.glob(f'**/{step.makes}')):
            return STALE, [f'{step.folder} holds files of unknown origin']
        return NEW, []
    if waits:  # what it would be made of is not known yet
        return STALE, [f'{name} is made anew' for name in waits]
    reasons = before.changes(step.record())
    if reasons:
        return STALE, reasons
    done = before.finished and not step.missing()
    return (DONE if done else UNFINISHED), []


def _will_be_as_recorded(planned: Planned) -> bool:
    """Whether what is made of a step's folder stays as good as it is.

    Where files alone are missing, they are made as the others were.
    """
    return planned.state == DONE or (
        planned.state == UNFINISHED and bool(planned.step.missing()))


def take_over(planned: Planned) -> str | None:
    """Give a step the output of another method's that would be the same.

    The files are hard links where the file system has such: no step changes
    a file that another one has finished.

    Args:
        planned: A step to run, whose needs are done.

    Returns:
        The name of the other method, None where nobody has made the same or
        the step has begun on its own.
    """
    method, name = planned.method, planned.name
    target = method.folder(name)
    if target.exists():
        return None
    inner = planned.step.folder.relative_to(target)
    sources = sorted(method.root.glob(f'*/{name}'))
    if not sources:
        return None
    now = planned.step.record()
    for source in sources:
        before = Record.read(source / inner)
        if before and before.finished and not before.changes(now):
            _link_tree(source, target)
            return source.parent.name
    return None


def _link_tree(source: Path, target: Path) -> None:
    """Copy a folder, whole or not at all."""
    target.parent.mkdir(parents=True, exist_ok=True)
    prefix = f'.{target.name}.'
    for left in target.parent.glob(f'{prefix}*'):  # by a run that was killed
        shutil.rmtree(left)
    with tempfile.TemporaryDirectory(
            prefix=prefix, dir=target.parent) as folder:
        copy = Path(folder) / target.name
        shutil.copytree(source, copy, copy_function=_link,
                        ignore=shutil.ignore_patterns(LOCK))
        copy.rename(target)


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:  # no hard links here
        shutil.copy2(source, target)
