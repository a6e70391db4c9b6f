# Copyright (c) COMNet contributors. All rights reserved.
"""What a training's folder holds already, and whether it goes on with that."""

from collections.abc import Callable
from pathlib import Path

from ..engine.checkpoint import last_checkpoint, newest_whole_checkpoint
from ..utils import InputError
from ..utils.progress import tell
from ..utils.record import FILE_NAME, Record, set_aside

LENGTHS = ('train_cfg.max_epochs ', 'train_cfg.max_iters ')


def done_or_new(folder: Path, now: Callable[[], Record],
                resume: bool | str | Path, remake: bool) -> Record | None:
    """Return the record of a finished training; make room for another.

    Args:
        folder: Of the training.
        now: Gives the record of what it would be now.
        resume: Whether it goes on, or the checkpoint that it goes on from.
        remake: Whether to set aside what is in the way.

    Returns:
        None where there is something to train.

    Raises:
        InputError: The folder holds another training, or one that was cut
            off, and nothing says what to do with it.
    """
    last, before = last_checkpoint(folder), Record.read(folder)
    goes_on = resume if isinstance(resume, bool) else (
        Path(resume).resolve().parent == folder.resolve())
    if (before is None and last is None) or (
            goes_on and not (before and before.finished)):
        return None
    reasons = before.changes(now()) if before else [f'no {FILE_NAME}']
    if before and before.finished and last and not reasons and (
            newest_whole_checkpoint(folder)[0] == last):
        tell(f'{folder}: is trained already')
        return before
    if goes_on or (last is None and not reasons):  # cut off at once
        return None
    if remake:
        tell(f'{folder}: what was there is now {set_aside(folder)}')
    elif reasons:
        raise InputError(
            f'{folder}: holds another training ({"; ".join(reasons)}); name '
            'another folder, or --remake to set this one aside')
    else:
        raise InputError(
            f'{folder}: holds a training that was cut off; --resume to go on '
            'with it, or --remake to set it aside')
    return None


def gone_on_with(folder: Path, record: Record,
                 resume: bool | str | Path) -> Record:
    """Return a training's record, with the time that it took before.

    Raises:
        InputError: What it is to go on with was begun otherwise.
    """
    if not resume:
        return record
    source = folder if resume is True else Path(resume).parent
    before = Record.read(source)
    changes = before.changes(record) if before else []
    # a longer one of the same schedule goes on as any other
    reasons = [each for each in changes if not each.startswith(LENGTHS)]
    if before and not changes:
        record.seconds = before.seconds
    elif reasons and (resume is not True
                      or newest_whole_checkpoint(source)[0]):
        # its schedule and momentum are those of the other training
        raise InputError(
            f'{source}: holds a training that was begun otherwise '
            f'({"; ".join(reasons)}); resume with its settings, or begin in '
            'another folder, from its weights with load_from')
    return record
