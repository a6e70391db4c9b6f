# Copyright (c) COMNet contributors. All rights reserved.
"""How long the rest of a pipeline may take, by what was measured."""

import statistics
from collections.abc import Sequence
from pathlib import Path

from ..steps.run_file import RunFile
from ..utils.record import Record
from .plan import Planned

MINUTE, HOUR = 60, 3600


def time_left(planned: Sequence[Planned], rest: Sequence[Planned],
              work_dir: str | Path) -> str:
    """Return what to tell of the time that the rest may take.

    A step takes as long as the steps of its name that other methods of the
    run have finished, or else what its config expects, longer or shorter by
    as much as the finished steps were. Nothing is told where there is neither.

    Args:
        planned: All steps of the methods that run.
        rest: Those of them that are left.
        work_dir: Folder of the pipeline.

    Returns:
        Such as ', about 5 min left', or ''.
    """
    run = RunFile.read(work_dir)
    pace = _pace([one for one in planned if one not in rest])
    seconds, where = 0.0, ''
    for one in rest:
        known = [found for method, steps in run.methods.items()
                 if one.name in steps and (found := _taken(
                     run.folder(work_dir, method, one.name))) is not None]
        if known:
            seconds += statistics.median(known)
            continue
        expected = _expected(one)
        if expected is None:
            return ''
        if pace is None:
            where = f' on {one.method.expected.where}'
        seconds += (pace or 1) * expected
    return f', about {_words(seconds)} left{where}'


def _pace(done: Sequence[Planned]) -> float | None:
    """Return by how much finished steps took longer than expected."""
    pairs = [(taken, expected) for one in done
             if (taken := _taken(one.step.folder))
             and (expected := _expected(one))]
    return (sum(taken for taken, _ in pairs)
            / sum(expected for _, expected in pairs)) if pairs else None


def _taken(folder: Path) -> float | None:
    """Return the seconds that a folder took, None unless it is finished."""
    record = Record.read(folder)
    return record.seconds if record and record.finished else None


def _expected(one: Planned) -> float | None:
    """Return the seconds that the config of a step expects."""
    settings = one.method.settings
    return one.method.expected.step(
        one.name, settings['data_root'], settings['train_list'])


def _words(seconds: float) -> str:
    """Return a time in the unit that suits it."""
    for unit, name in ((HOUR, 'h'), (MINUTE, 'min')):
        if seconds >= 1.5 * unit:
            return f'{seconds / unit:.0f} {name}'
    return f'{max(seconds, 1):.0f} s'
