# Copyright (c) COMNet contributors. All rights reserved.
"""The numbers of a pipeline's records, laid out as bars and rows."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from ..steps import Measure
from ..steps.run_file import RunFile
from ..utils.record import Record
from .run_folder import Records

# name and place in the record of what matters most in a training
TRAINING = (
    ('backbone', 'model.backbone'),
    ('matching', 'model.neck'),
    ('head', 'model.decode_head'),
    ('optimizer', 'optim_wrapper.optimizer'),
    ('length', 'train_cfg'),
    ('batch', 'train_dataloader.batch_size'),
    ('images a group', 'train_dataloader.dataset.group_size'),
    ('seed', 'randomness.seed'))


@dataclass(frozen=True)
class Bar:
    """A number of a method.

    Attributes:
        method: Its name.
        index: Its place among the methods, of its colour.
        text: The number.
        share: Length of the bar in per cent.
        more: Beside the number.
    """
    method: str
    index: int
    text: str
    share: float
    more: str = ''


@dataclass(frozen=True)
class Bars:
    """Numbers of all methods, one below the other.

    Attributes:
        title: What they are of.
        bars: The numbers.
        detail: Beside the title.
    """
    title: str
    bars: Sequence[Bar]
    detail: str = ''


def result_bars(run: RunFile, records: Records) -> list[Bars]:
    """Lay out the mIoU of each step that was measured.

    A method's has the difference to the first one's beside it.
    """
    found = []
    for step, measure in run.measures.items():
        measured = {
            method: (results[own.metric], results.get(own.count, 0))
            for method, own, results in _measured(run, records, step)
            if own.metric in results}
        first = next(iter(records), '')
        bars = [_percent(records, method, value, '' if measured.get(first) in (
            None, (value, images)) else f'{value - measured[first][0]:+.1f}')
            for method, (value, images) in measured.items()]
        if bars:
            images = max(count for _, count in measured.values())
            found.append(Bars(measure.title, bars,
                              f'{images} images of {measure.split}'))
    return found


def class_bars(run: RunFile, records: Records
               ) -> tuple[list[str], list[list[Bars]]]:
    """Lay out the IoU of each class, a list a class and an item a step.

    Returns:
        The titles of the steps, and a list a class.
    """
    found: dict[str, dict[str, dict[str, float]]] = {}
    titles = {}
    for step, measure in run.measures.items():
        for method, own, results in _measured(run, records, step):
            for name, value in (results.get(own.beside('IoU')) or {}).items():
                titles[step] = measure.title
                found.setdefault(name, {}).setdefault(
                    step, {})[method] = value
    return [*titles.values()], [
        [Bars(name, [_percent(records, method, value) for method, value in
                     of_step.get(step, {}).items() if value is not None])
         for step in titles] for name, of_step in found.items()]


def cost_bars(run: RunFile, records: Records) -> list[list[Bars]]:
    """Lay out time and memory of each step, a pair a step."""
    all_of = [record for method in records.values()
              for record in method.values()]
    costs = [(size, text, max(map(size, all_of), default=0) or 1)
             for size, text in ((attrgetter('seconds'), _duration),
                                (_memory, _mebibytes))]
    return [[Bars(step, [
        Bar(method, index, text(own[step]), 100 * size(own[step]) / largest)
        for index, (method, own) in enumerate(records.items()) if step in own])
        for size, text, largest in costs]
        for step in run.steps if any(step in own for own in records.values())]


def total_times(records: Records) -> dict[str, str]:
    """Return the time of all steps, by method."""
    return {method: _time(sum(record.seconds for record in steps.values()))
            for method, steps in records.items()}


def setting_rows(run: RunFile, records: Records
                 ) -> list[tuple[str, dict[str, str]]]:
    """Return the settings that matter by method, one where all agree.

    Returns:
        Name and value by method; by '' where all that have it agree.
    """
    rows: dict[str, dict[str, str]] = {}
    for step in run.steps:
        for method, steps in records.items():
            if step in steps:
                for title, value in _step_settings(
                        run.methods[method][step].kind, steps[step].settings):
                    rows.setdefault(f'{step}: {title}' if title else step,
                                    {})[method] = value
    for step, measure in run.measures.items():
        for method, own, results in _measured(run, records, step):
            if own.beside('threshold') in results:
                rows.setdefault(f'best threshold of the {measure.title}', {})[
                    method] = str(results[own.beside('threshold')])
    return [(title, {'': next(iter(values.values()))}
             if len({*values.values()}) == 1 else values)
            for title, values in rows.items()]


def unfinished(records: Records) -> list[str]:
    """Return the steps that were cut off, such as ``comnet: irnet``."""
    return [f'{method}: {step}' for method, steps in records.items()
            for step, record in steps.items() if not record.finished]


def _measured(run: RunFile, records: Records, step: str
              ) -> Iterator[tuple[str, Measure, Mapping[str, Any]]]:
    """Find the methods that have a step, its measure and its results."""
    for method, steps in records.items():
        measure = run.measure(method, step)
        if measure and step in steps:
            yield method, measure, steps[step].results


def _step_settings(kind: str, settings: Mapping[str, Any]
                   ) -> Iterator[tuple[str, str]]:
    """Find what matters in a training, or all of another step's settings.

    Networks, which have been told where they are trained, are left out.
    """
    if 'optim_wrapper' in settings:
        for title, place in TRAINING:
            for value in _at(settings, place):
                yield title, value
        return
    own = {key: value for key, value in settings.items()
           if key not in ('model', 'dataset') and not (
               isinstance(value, Mapping) and 'model' in value)}
    if len(own) == 1 and isinstance(inner := next(iter(own.values())),
                                    Mapping):
        own = {**inner}
    yield '', _short({**own, 'type': kind})


def _percent(records: Records, method: str, value: float,
             more: str = '') -> Bar:
    index = list(records).index(method)
    return Bar(method, index, f'{value:.1f}', value, more)


def _memory(record: Record) -> float:
    return max(record.memory, record.gpu_memory)


def _mebibytes(record: Record) -> str:
    return f'{_memory(record):.0f} MiB'


def _duration(record: Record) -> str:
    return _time(record.seconds) if record.finished else 'not finished'


def _time(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f'{hours} h {minutes} min'
    return f'{minutes} min {rest} s' if minutes else f'{rest} s'


def _at(settings: Any, place: str) -> Iterator[str]:
    """Find what stands at a dotted name, once or not at all."""
    for key in place.split('.'):
        if not isinstance(settings, Mapping) or key not in settings:
            return
        settings = settings[key]
    yield _short(settings)


def _short(value: Any) -> str:
    """Write ``dict(type='A', b=1)`` as ``A(b=1)``."""
    if isinstance(value, Mapping):
        inner = ', '.join(f'{key}={_short(each)}' for key, each in
                          value.items() if key != 'type')
        return f'{value["type"]}({inner})' if 'type' in value else inner
    if isinstance(value, list | tuple):
        return ', '.join(map(_short, value)) if value else 'none'
    if isinstance(value, float):
        return f'{value:g}'
    return 'none' if value is None else str(value)
