# Copyright (c) COMNet contributors. All rights reserved.
"""What a checkpoint may build beside tensors: the history of a log.

torch's restricted unpickler calls what is on its allow-list with any
arguments and gives its instances any state. ``getattr`` would find ``eval``,
and a history's state its methods. So names in a file stand for the few lines
below and those of :mod:`comnet.utils.plain_arrays`.
"""

from collections.abc import Callable
from pickle import UnpicklingError
from typing import Any

from mmengine.logging import HistoryBuffer

from ..utils.plain_arrays import STAND_INS

STATISTICS = ('min', 'max', 'current', 'mean')


class _History(HistoryBuffer):
    """A history of which a file sets the numbers, not the methods."""

    def __setstate__(self, state: dict) -> None:
        self.__class__ = HistoryBuffer
        HistoryBuffer.__init__(self, state['_log_history'].value,
                               state['_count_history'].value,
                               state['max_length'])


def _statistic(owner: type, name: str) -> Callable:
    """Stand in for ``getattr``: each history refers to these methods."""
    if owner is not _History or name not in STATISTICS:
        raise UnpicklingError('getattr of something else than statistics')
    method: Callable = getattr(HistoryBuffer, name)
    return method


# as torch.serialization.safe_globals takes them: stand-in, name in the file
TRAINING_GLOBALS: list[Callable[..., Any] | tuple[Callable[..., Any], str]] = [
    (_History, 'mmengine.logging.history_buffer.HistoryBuffer'),
    (_statistic, 'builtins.getattr'),
    *((stand_in, '.'.join(name)) for name, stand_in in STAND_INS.items()),
]
