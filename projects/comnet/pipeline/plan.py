# Copyright (c) COMNet contributors. All rights reserved.
"""What of a pipeline is done, what is to do, and what is stale and why."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from ..utils.record import Record
from .stage import Job, Stage

NEW, UNFINISHED, DONE, STALE = 'new', 'unfinished', 'done', 'stale'


@dataclass
class Step:
    """A stage of a method and where it stands.

    Attributes:
        job: The method.
        stage: The stage.
        state: 'new', 'unfinished', 'done' or 'stale'.
        reasons: Why it is stale.
    """
    job: Job
    stage: Stage
    state: str
    reasons: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return f'{self.job.method}: {self.stage.name}'


def plan(job: Job, stages: Sequence[Stage]) -> list[Step]:
    """Compare each stage's record with what it would be made of now.

    Args:
        job: The method.
        stages: All of its stages, in order.

    Raises:
        InputError: A file that a stage reads is missing or no good.
    """
    steps: dict[str, Step] = {}
    for stage in stages:
        waits = [name for name in stage.needs(job)
                 if steps[name].state != DONE]
        steps[stage.name] = Step(job, stage, *_state(job, stage, waits))
    return list(steps.values())


def _state(job: Job, stage: Stage,
           waits: Sequence[str]) -> tuple[str, list[str]]:
    """Return where a stage stands, given what it waits for, and why."""
    folder = stage.folder(job)
    before = Record.read(folder)
    if before is None:
        if any(folder.rglob(stage.makes)):
            return STALE, [f'{folder} holds files of unknown origin']
        return NEW, []
    if waits:  # what it would be made of is not known yet
        return STALE, [f'{name} is made anew' for name in waits]
    reasons = before.changes(stage.record(job))
    if reasons:
        return STALE, reasons
    return (DONE if before.finished else UNFINISHED), []
