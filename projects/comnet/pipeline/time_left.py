# Copyright (c) COMNet contributors. All rights reserved.
"""How long the rest of a pipeline may take, by what was measured in it."""

import statistics
from collections.abc import Sequence
from pathlib import Path

from ..steps.run_file import RunFile
from ..utils.record import Record
from .plan import Planned

MINUTE, HOUR = 60, 3600


def time_left(rest: Sequence[Planned], work_dir: str | Path) -> str:
    """Return what to tell of the time that the rest may take.

    A step takes as long as the steps of its name that other methods of the
    run have finished; nothing is told where there is none of one of them.

    Args:
        rest: The steps that are left.
        work_dir: Folder of the pipeline.

    Returns:
        Such as ', about 5 min left', or ''.
    """
    run = RunFile.read(work_dir)
    seconds = 0.0
    for one in rest:
        known = [record.seconds for method, steps in run.methods.items()
                 if one.name in steps and (record := Record.read(
                     run.folder(work_dir, method, one.name)))
                 and record.finished]
        if not known:
            return ''
        seconds += statistics.median(known)
    return f', about {_words(seconds)} left'


def _words(seconds: float) -> str:
    """Return a time in the unit that suits it."""
    for unit, name in ((HOUR, 'h'), (MINUTE, 'min')):
        if seconds >= 1.5 * unit:
            return f'{seconds / unit:.0f} {name}'
    return f'{max(seconds, 1):.0f} s'
