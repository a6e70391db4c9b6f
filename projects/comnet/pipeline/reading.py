# Copyright (c) COMNet contributors. All rights reserved.
"""What the folder of a pipeline tells of itself, finished or not."""

import ast
import json
from collections.abc import Iterator
from pathlib import Path

from ..utils import InputError
from ..utils.record import Record
from ..visualization import Curve
from .method import NETWORKS, STAGES
from .workspace import Workspace

VALIDATED = 'mIoU', 'mAP'  # last part of the names that are drawn


def read_records(work_dir: str | Path) -> dict[str, dict[str, Record]]:
    """Read the records of all stages, in order, by method and stage.

    Args:
        work_dir: Folder of a pipeline. Methods are in the order of its
            ``results.json`` where it has all of them, else of their names.

    Raises:
        InputError: There is none, or a file is no record.
    """
    work = Workspace(Path(work_dir))
    found: dict[str, dict[str, Record]] = {}
    for method in sorted(path.name for path in work.root.glob('*/')):
        for stage in STAGES:
            record = Record.read(work.made(method, stage))
            if record is not None:
                found.setdefault(method, {})[stage] = record
    if not found:
        raise InputError(f'{work_dir}: no stage of a pipeline; give the '
                         'folder of its --work-dir')
    order = _method_order(work)
    names = [name for name in order if name in found]
    # where only some were run last, these are not the ones to compare with
    return {name: found[name]
            for name in (names if len(names) == len(found) else found)}


def _method_order(work: Workspace) -> list[str]:
    """Return the methods of ``results.json``, in the order of the config."""
    try:
        results = json.loads(work.results.read_text())
    except (OSError, ValueError):  # a run that was cut has none
        return []
    return list(results) if isinstance(results, dict) else []


def read_curves(work_dir: str | Path,
                method: str) -> dict[tuple[str, str], Curve]:
    """Read the learning curves of a method's trainings.

    Args:
        work_dir: Folder of a pipeline.
        method: Its name.

    Returns:
        Curves by training and quantity: 'loss', 'lr' and, where it was
        validated, the names of mIoU and mAP.
    """
    curves: dict[tuple[str, str], Curve] = {}
    for stage in NETWORKS:
        folder = Workspace(Path(work_dir)).stage(method, stage)
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
        for name in sorted(points, key=_place):
            values = points[name]
            steps = ('epoch' if epochs and name not in ('loss', 'lr')
                     else 'iteration')
            curves[stage, name] = Curve(steps, sorted(values.items()))
    return curves


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


def find_data_root(work_dir: str | Path) -> Path | None:
    """Return where the data lay according to the configs in the folder.

    Those that MMEngine leaves beside a training; they are not executed.
    """
    for path in sorted(Path(work_dir).glob('*/*/*.py')):
        try:
            body = ast.parse(path.read_text(encoding='utf-8')).body
        except (OSError, ValueError, SyntaxError):
            continue
        for node in body:
            if (isinstance(node, ast.Assign)
                    and isinstance(node.targets[0], ast.Name)
                    and node.targets[0].id == 'data_root'
                    and isinstance(node.value, ast.Constant)
                    and isinstance(node.value.value, str)):
                return Path(node.value.value)
    return None
