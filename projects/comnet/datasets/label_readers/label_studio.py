# Copyright (c) COMNet contributors. All rights reserved.
"""Exports of Label Studio as JSON."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from .cells import KEYS
from .reading import Reading


def read_label_studio(path: Path, content: Sequence[Any]) -> Reading:
    """Read the choices, and the labels of regions, of each task.

    What several people say of one picture adds up. A task that nobody has
    done is passed over.
    """
    reading = Reading(path, 'Label Studio')
    differ, undone = 0, 0
    for number, task in enumerate(content, 1):
        place = f'{path}: task {number}'
        image = _image(task)
        if image is None:
            reading.problems.append(f'{place}: no image in its data; export '
                                    'tasks of pictures')
            continue
        given = [sorted({*_names(each)}) for each in _annotations(task)]
        undone += not given
        differ += any(names != given[0] for names in given)
        if given:
            reading.add(image, sum(given, []), place)
    if differ:
        reading.notes.append(f'{path}: of {differ} pictures people say '
                             'different things, which add up')
    if undone:
        reading.notes.append(f'{path}: {undone} tasks are not done')
    return reading


def _image(task: Any) -> str | None:
    """Return the address of a task's picture."""
    data = task.get('data') if isinstance(task, dict) else None
    if not isinstance(data, dict):
        return None
    values = [data[key] for key in ('image', 'img', *data) if key in data]
    return next((value for value in values if isinstance(value, str)), None)


def _annotations(task: Mapping[str, Any]) -> Iterator[list[Any]]:
    """Yield the results of the people that did a task."""
    given = task.get('annotations', task.get('completions'))
    for each in given if isinstance(given, list) else []:
        if isinstance(each, dict) and not each.get('was_cancelled'):
            result = each.get('result')
            yield result if isinstance(result, list) else []


def _names(result: Sequence[Any]) -> Iterator[str]:
    """Yield the classes in the results of one person."""
    for each in result:
        value = each.get('value') if isinstance(each, dict) else None
        for key, names in (value if isinstance(value, dict) else {}).items():
            # such as 'rectanglelabels'
            if key.endswith(KEYS) and isinstance(names, list):
                yield from (name for name in names if isinstance(name, str))
