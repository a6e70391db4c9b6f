# Copyright (c) COMNet contributors. All rights reserved.
"""Exports of FiftyOne: ``labels.json`` and ``samples.json``."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ...utils import InputError
from .reading import Reading

LISTS = ('classifications', 'detections', 'polylines', 'keypoints')
TRUTH = 'ground_truth'  # FiftyOne's own name of the field that counts


def read_fiftyone_labels(path: Path, content: Mapping[str, Any]) -> Reading:
    """Read ``{"classes": [names], "labels": {image: numbers}}``.

    A label may be a name, too, or a list of either; null is of no class.
    """
    reading = Reading(path, 'FiftyOne')
    names = content['classes'] or ()
    for image, value in content['labels'].items():
        place = f'{path}: {image!r}'
        items = value if isinstance(value, list) else (
            [] if value is None else [value])
        found = [_name(item, names) for item in items]
        if None in found:
            reading.problems.append(f'{place}: {value!r} is no class of the '
                                    "file; mend it or its 'classes'")
        else:
            reading.add(image, [name for name in found if name], place)
    return reading


def _name(item: Any, names: Sequence[Any]) -> str | None:
    """Return the name of a label."""
    if isinstance(item, dict):
        item = item.get('label')
    if isinstance(item, int) and 0 <= item < len(names):
        item = names[item]
    return item if isinstance(item, str) else None


def read_fiftyone_samples(path: Path, content: Mapping[str, Any]) -> Reading:
    """Read the field of labels of each sample; its ``tags`` are none.

    Raises:
        InputError: There are several such fields.
    """
    reading = Reading(path, 'FiftyOne')
    samples = [each if isinstance(each, dict) else {}
               for each in content['samples']]
    fields = list(dict.fromkeys(
        key for sample in samples for key, value in sample.items()
        if isinstance(value, dict) and {'label', *LISTS} & value.keys()))
    if len(fields) > 1 and TRUTH not in fields:
        raise InputError(f'{path}: several fields of labels, '
                         f'{", ".join(map(repr, fields))}; export one')
    field = TRUTH if TRUTH in fields else ''.join(fields)
    for number, sample in enumerate(samples, 1):
        place = f'{path}: sample {number}'
        if not isinstance(sample.get('filepath'), str):
            reading.problems.append(f"{place}: no 'filepath'; export again")
        else:
            reading.add(sample['filepath'], _labels(sample.get(field)), place)
    return reading


def _labels(value: Any) -> Iterator[str]:
    """Yield the labels in a field."""
    if not isinstance(value, dict):
        return
    for each in (value, *(each for key in LISTS
                          for each in value.get(key) or ())):
        if isinstance(each, dict) and isinstance(each.get('label'), str):
            yield each['label']
