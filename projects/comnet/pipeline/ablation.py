# Copyright (c) COMNet contributors. All rights reserved.
"""Tables of rows that differ in settings, each over several seeds."""

import json
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from mmengine.config import ConfigDict

from ..engine.config_file import read_config
from ..results import ablation_table
from ..steps import Measure, Training
from ..utils import InputError
from ..utils.atomic_file import write_bytes
from ..utils.package_files import find_config
from .features import features_setting
from .method import Method
from .reading import (
    SHARED,
    WAY,
    is_step,
    merge_step,
    read_methods,
    read_pipeline,
)
from .run import require, run_steps

ROW_KEYS = 'title', 'paper', 'method', 'necks'
PAPER = tuple('123456')
METHOD = 'comnet'  # that rows start from


def run_ablation(table: str | Path,
                 config: str | Path,
                 work_dir: str | Path,
                 out_dir: str | Path,
                 options: Mapping[str, Any] | None = None,
                 seeds: Sequence[int] = (0, ),
                 rows: Sequence[str] | None = None,
                 gpus: int = 1,
                 remake: bool = False) -> str:
    """Run the rows of a table, and write it after each seed.

    A row is a method of a pipeline in ``WORK_DIR/seed_SEED``: what is done is
    skipped, and a step that would be the same as another row's is taken from
    there.

    Args:
        table: Config file, see :func:`read_table`, or 1 to 6 for the paper's.
        config: Pipeline config file that has the methods which rows name.
        work_dir: Folder of everything.
        out_dir: Folder of ``TABLE.json`` and ``TABLE.md``.
        options: Settings that override those of the pipeline's config.
        seeds: Seeds of the trainings.
        rows: Names of the rows to run, by default all.
        gpus: Processes of a step, one a GPU.
        remake: Whether to set stale output aside and make it anew.

    Returns:
        The table in Markdown.

    Raises:
        InputError: Something given is missing or wrong, something is stale,
            or a step failed.
    """
    place, content = read_table(table)
    stem = f'table{table}' if str(table) in PAPER else Path(table).stem
    require(content.rows, rows, f'{place}: no row')
    chosen = {name: content.rows[name] for name in rows or content.rows}
    options = {**features_setting(work_dir), **(options or {})}
    for name, row in chosen.items():
        options[f'methods.{stem}-{name}'] = row_settings(
            f'{place}: rows.{name}', row, config, options)
    methods = [f'{stem}-{name}' for name in chosen]
    known = {name: method for name, method in read_methods(
        config, options).items() if name in methods}
    measures = _measures(place, content.steps, known, rows is None)
    steps = {step for method in known.values() for measured in measures
             if measured in method.steps for step in method.required(measured)}
    measured: dict[int, dict[str, dict]] = {}
    text = ''
    for seed in dict.fromkeys(seeds):
        results = run_steps(
            config, Path(work_dir) / f'seed_{seed}', options,
            methods=methods, steps=sorted(steps), seed=seed, gpus=gpus,
            remake=remake)
        measured[seed] = dict(zip(chosen, results.values(), strict=True))
        summary = dict(
            title=content.title, pipeline=str(config), seeds=list(measured),
            measures={step: asdict(measure)
                      for step, measure in measures.items()},
            rows={name: _summary(row, measures, {
                seed: each[name] for seed, each in measured.items()})
                for name, row in chosen.items()})
        text = ablation_table(summary)
        write_bytes(Path(out_dir) / f'{stem}.json',
                    (json.dumps(summary, indent=1) + '\n').encode())
        write_bytes(Path(out_dir) / f'{stem}.md', text.encode())
    return text


def read_table(table: str | Path) -> tuple[str, ConfigDict]:
    """Read a table's config.

    ::

        title = 'Table III: alpha of inter-matching'
        steps = ['cam']  # whose mIoU are the columns
        rows = dict(
            baseline=dict(title='baseline', method='cam'),
            strong=dict(
                title='alpha = 2',
                necks=dict(InterMatching=dict(alpha=2)),
                paper=dict(cam=49.2)))

    A row is the pipeline's ``method``, by default 'comnet', with any of a
    method's settings on top. ``necks`` are those of the classifier's necks
    that stay, with settings on top; ``group_size`` leaves the number of
    images in a batch about as it is. ``paper`` has the paper's values.

    Args:
        table: Config file, or 1 to 6 for the paper's.

    Returns:
        Where it stands, for messages, and its content.

    Raises:
        InputError: It is no such config.
    """
    if str(table) in PAPER:
        path = find_config('ablation/paper.py')
        return f'{path}: tables.{table}', read_config(path).tables[str(table)]
    path = find_config(table)
    content = read_config(path)._cfg_dict
    for key in ('title', 'steps', 'rows'):
        if not content.get(key):
            raise InputError(f'{path}: no {key}; give title, steps and rows')
    known = (*ROW_KEYS, *SHARED, *read_config(WAY))
    for name, row in content.rows.items():
        for key, value in row.items():
            if key not in known and not is_step(value):
                raise InputError(f'{path}: rows.{name}.{key}: no such '
                                 f'setting; there are {", ".join(known)}')
    return str(path), content


def row_settings(place: str, row: Mapping[str, Any], config: str | Path,
                 options: Mapping[str, Any]) -> ConfigDict:
    """Return the settings of the method that a row is.

    ``place`` is where the row stands, for messages. An InputError tells what
    the pipeline, or its classifier, has not.
    """
    methods = read_pipeline(config, options).methods
    name = row.get('method', METHOD)
    require(methods, [name], f'{place}: {config} has no method')
    own = methods[name]
    for key, value in row.items():
        if key in SHARED:
            own[key] = value
        elif key not in ROW_KEYS:
            own[key] = merge_step(f'{place}.{key}', own.get(key), value)
    changes = _classifier_options(
        place, row, read_methods(config, options)[name])
    if changes:
        own.classifier = merge_step(
            place, own.classifier, dict(options=changes))
    return own


def _classifier_options(place: str, row: Mapping[str, Any],
                        method: Method) -> dict[str, Any]:
    """Return what ``necks`` and ``group_size`` change in the classifier."""
    changes: dict[str, Any] = {}
    if not {'necks', 'group_size'} & {*row}:
        return changes
    step = method.built['classifier']
    assert isinstance(step, Training)
    cfg = step.cfg
    if 'necks' in row:
        necks = cfg.model.get('neck') or []
        for missing in {*row['necks']} - {neck.type for neck in necks}:
            raise InputError(f'{place}.necks.{missing}: {step.config} has no '
                             'such neck')
        changes['model.neck'] = [
            dict(neck, **row['necks'][neck.type])
            for neck in necks if neck.type in row['necks']] or None
    if 'group_size' in row:
        loader = cfg.train_dataloader
        images = loader.batch_size * loader.dataset.group_size
        changes['train_dataloader.batch_size'] = max(
            1, images // row['group_size'])
    return changes


def _measures(place: str, steps: Sequence[str],
              methods: Mapping[str, Method],
              every_row: bool) -> dict[str, Measure]:
    """Return what the table's steps measure, in their order.

    Where methods of some rows alone are given, they may lack some of them.
    """
    known: dict[str, Measure] = {}
    for method in methods.values():
        for name, step in method.built.items():
            if step.measure is not None:
                known.setdefault(name, step.measure)
    missing = [name for name in steps if name not in known]
    if missing and (every_row or len(missing) == len(steps)):
        raise InputError(f'{place}: steps: {missing[0]!r} is not measured; '
                         f'give some of {", ".join(known)}')
    return {name: known[name] for name in known if name in steps}


def _summary(row: Mapping[str, Any], measures: Mapping[str, Measure],
             measured: Mapping[int, Mapping[str, dict]]) -> dict[str, Any]:
    """Return mean and standard deviation of a row, by step."""
    summary: dict[str, Any] = dict(title=row.get('title', ''))
    for step, measure in measures.items():
        metric = measure.metric
        found = {seed: each[step] for seed, each in measured.items()
                 if metric in each.get(step, {})}
        values = [each[metric] for each in found.values()]
        summary[step] = dict(
            values={str(seed): each[metric] for seed, each in found.items()},
            mean=statistics.fmean(values) if values else None,
            std=statistics.stdev(values) if len(values) > 1 else None,
            num_images=max((each.get(measure.count, 0)
                            for each in found.values()), default=0),
            paper=row.get('paper', {}).get(step))
    return summary
