# Copyright (c) COMNet contributors. All rights reserved.
"""The numbers of a pipeline's records, laid out as bars and rows."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..utils.record import Record
from .table import MEASURES

Records = Mapping[str, Mapping[str, Record]]  # by method and stage
# name, stage and place in the record of the settings that matter most
SETTINGS = (
    ('backbone', 'classifier', 'model.backbone'),
    ('matching', 'classifier', 'model.neck'),
    ('classifier: optimizer', 'classifier', 'optim_wrapper.optimizer'),
    ('classifier: length', 'classifier', 'train_cfg'),
    ('classifier: batch', 'classifier', 'train_dataloader.batch_size'),
    ('classifier: images a group', 'classifier',
     'train_dataloader.dataset.group_size'),
    ('seed', 'classifier', 'randomness.seed'),
    ('CAM', 'cam', 'cam'),
    ('affinity labels', 'affinity', 'affinity'),
    ('IRNet: optimizer', 'irnet', 'optim_wrapper.optimizer'),
    ('IRNet: length', 'irnet', 'train_cfg'),
    ('random walk', 'pseudo', 'random_walk'),
    ('CRF of CAMs', 'pseudo', 'cam_crf'),
    ('segmentor: head', 'segmentor', 'model.decode_head'),
    ('segmentor: optimizer', 'segmentor', 'optim_wrapper.optimizer'),
    ('segmentor: length', 'segmentor', 'train_cfg'))


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


def result_bars(records: Records) -> list[Bars]:
    """Lay out the mIoU of each stage that was measured.

    A method's has the difference to the first one's beside it.
    """
    found = []
    for stage, (title, split, key, count) in MEASURES.items():
        measured = {method: stages[stage].results
                    for method, stages in records.items()
                    if key in getattr(stages.get(stage), 'results', ())}
        first = measured.get(next(iter(records), ''))
        bars = [
            _percent(records, method, metrics[key], '' if first in (
                None, metrics) else f'{metrics[key] - first[key]:+.1f}')
            for method, metrics in measured.items()]
        if bars:
            images = max(metrics[count] for metrics in measured.values())
            found.append(Bars(title, bars, f'{images} images of {split}'))
    return found


def class_bars(records: Records) -> tuple[list[str], list[list[Bars]]]:
    """Lay out the IoU of each class, a list a class and an item a stage.

    Returns:
        The titles of the stages, and a list a class.
    """
    found: dict[str, dict[str, dict[str, float]]] = {}
    titles = []
    for stage, (title, *_) in MEASURES.items():
        measured = {
            method: iou for method, stages in records.items()
            if stage in stages
            and (iou := _class_iou(stages[stage].results))}
        if measured:
            titles.append(title)
        for method, iou in measured.items():
            for name, value in iou.items():
                found.setdefault(name, {}).setdefault(
                    title, {})[method] = value
    return titles, [
        [Bars(name, [_percent(records, method, value) for method, value in
                     of_stage.get(title, {}).items() if value is not None])
         for title in titles] for name, of_stage in found.items()]


def cost_bars(records: Records, stages: Sequence[str]) -> list[list[Bars]]:
    """Lay out time and memory of each stage, a pair a stage.

    Args:
        records: Of all methods.
        stages: The stages, in order.
    """
    all_of = [record for method in records.values()
              for record in method.values()]
    longest = max((record.seconds for record in all_of), default=0) or 1
    largest = max(map(_memory, all_of), default=0) or 1
    rows = []
    for stage in stages:
        made = {method: own[stage] for method, own in records.items()
                if stage in own}
        if made:
            rows.append([
                Bars(stage, [Bar(
                    method, _index(records, method), _duration(record),
                    100 * record.seconds / longest)
                    for method, record in made.items()]),
                Bars(stage, [Bar(
                    method, _index(records, method),
                    f'{_memory(record):.0f} MiB',
                    100 * _memory(record) / largest)
                    for method, record in made.items()])])
    return rows


def total_times(records: Records) -> dict[str, str]:
    """Return the time of all stages, by method."""
    return {method: _time(sum(record.seconds for record in stages.values()))
            for method, stages in records.items()}


def setting_rows(records: Records) -> list[tuple[str, dict[str, str]]]:
    """Return the settings that matter by method, one where all agree.

    Returns:
        Name and value by method; by '' where all that have it agree.
    """
    rows = []
    for title, stage, place in SETTINGS:
        values = {}
        for method, stages in records.items():
            if stage in stages:
                for value in _at(stages[stage].settings, place):
                    values[method] = value
        rows.append((title, values))
    threshold = 'cam/threshold'
    rows.append(('best threshold of the CAM', {
        method: str(stages['cam'].results[threshold])
        for method, stages in records.items()
        if 'cam' in stages and threshold in stages['cam'].results}))
    return [(title, {'': next(iter(values.values()))}
             if len({*values.values()}) == 1 else values)
            for title, values in rows if values]


def unfinished(records: Records) -> list[str]:
    """Return the stages that were cut off, such as ``comnet: irnet``."""
    return [f'{method}: {stage}' for method, stages in records.items()
            for stage, record in stages.items() if not record.finished]


def _class_iou(results: Mapping[str, Any]) -> Mapping[str, float]:
    return results.get('IoU') or results.get('cam/IoU') or {}


def _percent(records: Records, method: str, value: float,
             more: str = '') -> Bar:
    return Bar(method, _index(records, method), f'{value:.1f}', value, more)


def _index(records: Records, method: str) -> int:
    return list(records).index(method)


def _memory(record: Record) -> float:
    return max(record.memory, record.gpu_memory)


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
        return f'{value["type"]}({inner})' if 'type' in value else (
            inner or 'defaults')
    if isinstance(value, list | tuple):
        return ', '.join(map(_short, value)) if value else 'none'
    if isinstance(value, float):
        return f'{value:g}'
    return 'none' if value is None else str(value)
