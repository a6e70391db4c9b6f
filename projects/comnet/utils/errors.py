# Copyright (c) COMNet contributors. All rights reserved.
"""Errors that a user can mend: one line, no traceback."""

import errno
import logging
import signal
import sys
import threading
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from difflib import get_close_matches
from typing import NoReturn

from .build_errors import build_problem

IN_WORKER = 'in DataLoader worker process'  # of PyTorch, which wraps errors
NO_MEMORY = ("can't allocate memory", 'not enough memory', 'out of memory',
             'Cannot allocate memory')  # of PyTorch, CUDA and the system
SHARED = 'shared memory(shm)'  # of PyTorch, where there is no room in it
ROOM = 'make room and run again to go on'
ADVICE = {errno.ENOSPC: ROOM, errno.EDQUOT: ROOM,
          errno.EMFILE: 'raise the limit (ulimit -n) or take fewer workers'}


class InputError(ValueError):
    """Something given by the user is missing or wrong.

    The rule: what a user can set or give (a setting of a config, an option, a
    file, data that has diverged) raises an InputError, whose message is one
    line: which file or setting, what is wrong, what to do. A programmer's
    mistake, such as shapes that do not fit together, raises a ValueError or
    TypeError and shows its traceback.
    """


def first_few(names: Sequence[str], number: int) -> str:
    """Name the first of many for a message: ``a, b, …``."""
    return ', '.join(names[:number]) + (', …' if len(names) > number else '')


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return what was meant, for a message, by a name that is much like it.

    ``; did you mean train?``, or nothing where no name is alike.
    """
    close = get_close_matches(name, sorted(known), n=1, cutoff=0.7)
    return f'; did you mean {close[0]}?' if close else ''


def one_line(error: object) -> str:
    """Return what an error says as one line; its kind where it says nothing.

    A KeyError says no more than a name, so its kind stands before that.
    """
    text = ' '.join(str(error).split())
    if not text or isinstance(error, KeyError | IndexError):
        text = f'{type(error).__name__}: {text}'.removesuffix(': ')
    return text


def check_choice(value: object, choices: Collection[object],
                 name: str) -> None:
    """Raise an InputError unless a setting is one of those that there are.

    ``name`` is that of the setting, such as 'CAMHook: matching'.
    """
    if value not in list(choices):
        raise InputError(f'{name} is {value!r}; give one of '
                         f'{", ".join(map(repr, choices))}')


class Terminated(BaseException):
    """The process was asked to end, by ``kill`` or a scheduler."""


@contextmanager
def one_line_errors() -> Iterator[None]:
    """Print what a user can mend as one line, and exit with a status.

    With 2 an :class:`InputError`, what the system refuses (no rights, no such
    folder, no room), memory that does not suffice and a data loader's worker
    that was killed; with 130 an interrupt (Ctrl-C), with 143 SIGTERM, where
    ``signals_raise``. Other errors keep their traceback.

    A data loader's worker wraps what it raises in a report with tracebacks;
    the line of the error itself is the last one of it, or that which carries
    the name InputError. A log that cannot be written says nothing.
    """
    before, logging.raiseExceptions = logging.raiseExceptions, False
    try:
        yield
    except KeyboardInterrupt:
        _end('interrupted; run again to go on', 130)
    except Terminated:
        _end('ended by SIGTERM; run again to go on', 143)
    except Exception as error:
        line = _line_of(error)
        if line is None:
            raise
        _end(line)
    finally:
        logging.raiseExceptions = before


@contextmanager
def naming(folder: object) -> Iterator[None]:
    """Name a folder where the system refuses something without a name."""
    try:
        yield
    except OSError as error:
        if error.errno and error.filename is None:
            error.filename = str(folder)
        raise


@contextmanager
def signals_raise() -> Iterator[None]:
    """Let SIGTERM raise :class:`Terminated`, where one can hear of it.

    So what is begun is left in order, as after Ctrl-C.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def end(number: int, frame: object) -> NoReturn:
        signal.signal(number, signal.SIG_IGN)  # once is enough
        raise Terminated

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _line_of(error: Exception) -> str | None:
    """Return what to tell of an error, None where that is a traceback."""
    text = str(error)
    if isinstance(error, InputError):
        marker = f'{InputError.__name__}: '
        return text.rpartition(marker)[2].strip().splitlines()[0]
    if IN_WORKER in text:
        text = text.strip().splitlines()[-1].partition(': ')[2]
    if text.startswith('DataLoader worker') or SHARED in text:
        return ('a process that loads images was killed, perhaps for want of '
                'memory, or of shared memory in /dev/shm; take fewer with '
                'train_dataloader.num_workers (0: none) or test_dataloader, '
                'and run again to go on')
    if isinstance(error, MemoryError) or any(
            mark in text for mark in NO_MEMORY):
        return (f'out of memory ({text.splitlines()[0] if text else "RAM"}); '
                'take a smaller train_dataloader.batch_size, smaller images '
                'or fewer workers, and run again to go on')
    if isinstance(error, OSError) and (error.errno or IN_WORKER in str(error)):
        where = '' if error.filename is None else f'{error.filename}: '
        advice = ADVICE.get(error.errno or 0, 'mend it or give another path')
        return f'{where}{error.strerror or text}; {advice}'
    return build_problem(error)


def _end(line: str, status: int = 2) -> NoReturn:
    """Exit as argparse does."""
    sys.stderr.write(f'error: {line}\n')
    sys.exit(status)
