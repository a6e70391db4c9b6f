# Copyright (c) COMNet contributors. All rights reserved.
"""Checkpoints that are what they should be, and run nothing.

Beside tensors they hold the history of a log. torch's restricted unpickler
calls what is on its allow-list with any arguments and gives its instances any
state: ``getattr`` would find ``eval``, and a history's state its methods. So
names in a file stand for the few lines below and those of
``utils/plain_arrays.py``.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from pickle import UnpicklingError
from typing import Any
from zipfile import BadZipFile, ZipFile

import torch
from mmengine.logging import HistoryBuffer
from mmengine.runner.checkpoint import load_state_dict
from torch import Tensor, nn

from ..utils import InputError
from ..utils.given import require_checkpoint
from ..utils.plain_arrays import STAND_INS, with_arrays

STATISTICS = ('min', 'max', 'current', 'mean')
NOTE = 'last_checkpoint'  # of mmengine, beside the checkpoints
NUMBERED = re.compile(r'(epoch|iter)_[0-9]+\.pth')
STATES = ('state_dict', 'ema_state_dict', 'optimizer')  # numbers of a training


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


def read_checkpoint(path: str | Path) -> dict[str, Any]:
    """Read a checkpoint, or a file of weights, without running code from it.

    Its content is on the CPU. The text of the config, which mmengine would
    run as Python, is left out.

    Raises:
        InputError: The file is missing or no checkpoint, or holds a value
            that is not finite.
    """
    require_checkpoint(path)
    try:
        with torch.serialization.safe_globals(TRAINING_GLOBALS):
            content = torch.load(path, map_location='cpu', weights_only=True)
        content = with_arrays(content)
        weights = content.get('state_dict', content)
        if not all(isinstance(value, Tensor) for value in weights.values()):
            raise TypeError('weights that are no tensors')
        for key in ('cfg', 'config'):
            content.get('meta', {}).pop(key, None)
    except Exception as error:  # a broken file raises anything
        raise InputError(f'{path}: not a checkpoint; give a file that '
                         'comnet train wrote, or one of weights alone'
                         ) from error
    check_finite(content, path)
    return content


def check_finite(content: Mapping[str, Any], path: str | Path) -> None:
    """Check that the training of a checkpoint has not diverged.

    Raises:
        InputError: A value is not finite.
    """
    name = first_not_finite(content)
    if name is not None:
        raise InputError(f'{path}: {name} holds NaN or infinity, the training '
                         'has diverged; give an earlier checkpoint, or train '
                         'with a lower learning rate')


def first_not_finite(content: Mapping[str, Any]) -> str | None:
    """Name a tensor of a checkpoint, or of weights, that is not finite."""
    states = {name: content[name] for name in STATES if name in content}
    for name, value in _tensors(states or content, ''):
        if value.is_floating_point() and not value.isfinite().all():
            return name
    return None


def _tensors(node: Any, name: str) -> Iterator[tuple[str, Tensor]]:
    """Walk over all tensors of nested dicts and lists, with their names."""
    if isinstance(node, Tensor):
        yield name, node
    elif isinstance(node, Mapping | list | tuple):
        items = node.items() if isinstance(node, Mapping) else enumerate(node)
        for key, child in items:
            yield from _tensors(child, f'{name}.{key}' if name else str(key))


def fill(model: nn.Module, state_dict: dict[str, Any],
         path: str | Path) -> None:
    """Load the weights of this very model; ``path`` is where they come from.

    Raises:
        InputError: They are of another model.
    """
    try:
        load_state_dict(model, state_dict, strict=True)
    except (RuntimeError, TypeError, AttributeError) as error:
        raise InputError(
            f'{path}: checkpoint of another model; give one that was '
            f'trained with this config ({_first_mismatch(error)})') from error


def _first_mismatch(error: Exception) -> str:
    """Return the first parameter that does not fit, short."""
    lines = [line for line in str(error).splitlines() if line.strip()]
    return (lines[1] if len(lines) > 1 else ' '.join(lines)).strip()[:100]


def last_checkpoint(work_dir: str | Path) -> Path | None:
    """Return the last checkpoint of a training, None before the first.

    Only its name is read from mmengine's note: the folder may have moved.
    """
    note = Path(work_dir) / NOTE
    if not note.is_file():
        return None
    text = note.read_text(errors='replace').strip()
    name = Path(text).name  # empty if it was cut off
    return note.with_name(name) if (note.parent / name).is_file() else None


def newest_whole_checkpoint(
        work_dir: str | Path) -> tuple[Path | None, list[str]]:
    """Look for what a training can go on from, whatever the note says.

    Returns:
        The checkpoint that was written last, of those that are whole and
        finite; and what is wrong with the others that are newer, or cannot
        tell when they were written.
    """
    noted = last_checkpoint(work_dir)
    paths = {path for path in Path(work_dir).glob('*.pth')
             if NUMBERED.fullmatch(path.name)} | ({noted} if noted else set())
    problems = []
    for path in sorted(paths, key=_written, reverse=True):
        try:
            if damaged := ZipFile(path).testzip():
                raise BadZipFile(f'{path}: {damaged} is damaged')
            read_checkpoint(path)
        except (InputError, BadZipFile, OSError) as error:
            text = str(error)
            problems.append(text if text.startswith(str(path)) else
                            f'{path}: not a whole checkpoint')
        else:
            return path, problems
    return None, problems


def _written(path: Path) -> tuple[bool, str, int]:
    """Return what sorts checkpoints by their time, broken ones on top."""
    try:
        with torch.serialization.safe_globals(TRAINING_GLOBALS):
            meta = torch.load(  # none of its tensors is read
                path, 'cpu', weights_only=True, mmap=True)['meta']
        return False, str(meta['time']), int(meta['iter'])
    except Exception:  # a broken file raises anything
        return True, '', 0


def find_checkpoint(path: str | Path) -> Path:
    """Return a checkpoint, of a training's folder the last one.

    Raises:
        InputError: There is none.
    """
    if Path(path).is_file():
        return Path(path)
    found = last_checkpoint(path)
    if found is None:
        raise InputError(f'{path}: no checkpoint; train into it first, or '
                         'name a checkpoint')
    return found
