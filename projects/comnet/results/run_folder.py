# Copyright (c) COMNet contributors. All rights reserved.
"""What the folder of a pipeline tells of itself, finished or not."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..steps.run_file import RunFile
from ..utils import InputError
from ..utils.record import Record
from ..visualization import Point

Records = Mapping[str, Mapping[str, Record]]  # by method and step
VALIDATED = 'mIoU', 'mAP'  # last part of the names that are drawn


@dataclass(frozen=True)
class Curve:
    """How a quantity went in a training.

    Attributes:
        unit: What it is counted in: 'iteration' or 'epoch'.
        points: Step and value.
    """
    unit: str
    points: Sequence[Point]


def read_records(work_dir: str | Path) -> dict[str, dict[str, Record]]:
    """Read the records of all steps, in order, by method and step.

    Raises:
        InputError: There is none, or a file is no good.
    """
    run = RunFile.read(work_dir)
    found: dict[str, dict[str, Record]] = {}
    for method, steps in run.methods.items():
        for step in steps:
            record = Record.read(run.folder(work_dir, method, step))
            if record is not None:
                found.setdefault(method, {})[step] = record
    if not found:
        raise InputError(f'{work_dir}: no step of the pipeline has begun; run '
                         'it first')
    return found


def read_curves(work_dir: str | Path,
                method: str) -> dict[tuple[str, str], Curve]:
    """Read the learning curves of a method by training and quantity.

    These are 'loss', 'lr' and, where it was validated, mIoU and mAP.
    """
    run = RunFile.read(work_dir)
    return {(step, name): curve for step in run.methods[method]
            for name, curve in _curves(
                run.folder(work_dir, method, step)).items()}


def _curves(folder: Path) -> dict[str, Curve]:
    """Read the curves of a step by quantity, none where nothing is trained."""
    points: dict[str, dict[float, float]] = {}
    epochs = False
    for row in _scalars(folder):
        trained = 'lr' in row
        epochs |= 'epoch' in row
        for name, value in row.items():
            drawn = name in ('loss', 'lr') if trained else name.split(
                '/')[-1] in VALIDATED
            if drawn:  # a training that was resumed says some again
                points.setdefault(name, {})[row['step']] = value
    if 'lr' not in points:
        return {}
    return {name: Curve(
        'epoch' if epochs and name not in ('loss', 'lr') else 'iteration',
        sorted(points[name].items())) for name in sorted(points, key=_place)}


def _place(name: str) -> tuple[bool, bool, str]:
    """Return where a quantity stands: the loss first, the rate last."""
    return name != 'loss', name == 'lr', name


def _scalars(folder: Path) -> Iterator[dict]:
    """Read what MMEngine has logged, in order, but for lines cut off."""
    for path in sorted(folder.glob('*/vis_data/scalars.json')):
        for line in path.read_text(encoding='utf-8').splitlines():
            try:
                row = json.loads(line)
            except ValueError:  # killed while it was written
                continue
            if isinstance(row, dict) and 'step' in row:
                yield row
