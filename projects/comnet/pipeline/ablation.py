# Copyright (c) COMNet contributors. All rights reserved.
"""Tables of rows that differ in settings, each over several seeds."""

import json
import statistics
from collections.abc import Mapping, Sequence
from copy import deepcopy
from pathlib import Path
from typing import Any

from mmengine.config import Config, ConfigDict

from ..engine.config import read_config
from ..utils import InputError
from ..utils.atomic_file import write_bytes
from ..utils.package_files import find_config
from ..visualization import MEASURES, ablation_table
from .method import NETWORKS, SETTINGS, STAGES, read_methods
from .run import run_stages
from .stage import Job
from .workspace import Workspace

ROW_KEYS = frozenset(('title', 'paper', 'method', 'necks')) | SETTINGS
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
    skipped, and a stage that would be the same as another row's is taken from
    there.

    Args:
        table: Config file, see :func:`read_table`, or 1 to 6 for the paper's.
        config: Pipeline config file that has the methods which rows name.
        work_dir: Folder of everything.
        out_dir: Folder of ``TABLE.json`` and ``TABLE.md``.
        options: Settings that override those of the pipeline's config.
        seeds: Seeds of the trainings.
        rows: Names of the rows to run, by default all.
        gpus: Processes of a stage, one a GPU.
        remake: Whether to set stale output aside and make it anew.

    Returns:
        The table in Markdown.

    Raises:
        InputError: Something given is missing or wrong, something is stale,
            or a stage failed.
    """
    path, content = read_table(table)
    chosen = _chosen(path, content.rows, rows)
    known = read_methods(config, options)
    methods = {f'{path.stem}-{name}': row_settings(f'{path}: rows.{name}', row,
                                                   config, known)
               for name, row in chosen.items()}
    last = max(STAGES.index(stage) for stage in content.stages)
    measured: dict[int, dict[str, dict]] = {}
    text = ''
    for seed in dict.fromkeys(seeds):
        results = run_stages(
            config, Path(work_dir) / f'seed_{seed}',
            {**(options or {}),
             **{f'methods.{name}': each for name, each in methods.items()}},
            methods=list(methods), stages=STAGES[:last + 1], seed=seed,
            gpus=gpus, remake=remake)
        measured[seed] = dict(zip(chosen, results.values(), strict=True))
        summary = dict(
            title=content.title, pipeline=str(config), seeds=list(measured),
            rows={name: _summary(row, content.stages, {
                seed: each[name] for seed, each in measured.items()})
                for name, row in chosen.items()})
        text = ablation_table(summary)
        write_bytes(Path(out_dir) / f'{path.stem}.json',
                    (json.dumps(summary, indent=1) + '\n').encode())
        write_bytes(Path(out_dir) / f'{path.stem}.md', text.encode())
    return text


def read_table(table: str | Path) -> tuple[Path, Config]:
    """Read a table's config.

    ::

        title = 'Table III: alpha of inter-matching'
        stages = ['cam']  # whose mIoU are the columns
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
        The file and its content.

    Raises:
        InputError: It is no such config.
    """
    if str(table) in PAPER:
        table = f'ablation/table{table}.py'
    path = find_config(table)
    content = read_config(path)
    for key in ('title', 'stages', 'rows'):
        if not content.get(key):
            raise InputError(f'{path}: no {key}; give title, stages and rows')
    for stage in content.stages:
        if stage not in MEASURES:
            raise InputError(f'{path}: stages: {stage!r} is not measured; '
                             f'give some of {", ".join(MEASURES)}')
    for name, row in content.rows.items():
        for key in {*row} - ROW_KEYS:
            raise InputError(f'{path}: rows.{name}.{key}: no such setting; '
                             f'there are {", ".join(sorted(ROW_KEYS))}')
    return path, content


def row_settings(place: str, row: ConfigDict, config: str | Path,
                 methods: Mapping[str, ConfigDict]) -> ConfigDict:
    """Return the settings of the method that a row is.

    Args:
        place: Where the row stands, for messages.
        row: The row.
        config: Pipeline config file, for messages.
        methods: Settings of its methods, by name.

    Raises:
        InputError: The pipeline or its classifier has not what the row names.
    """
    name = row.get('method', METHOD)
    if name not in methods:
        raise InputError(f'{place}: {config} has no method {name!r}; it has '
                         f'{", ".join(methods)}')
    merged = Config(deepcopy(methods[name]))
    for key in NETWORKS:
        if merged.get(key):
            merged[key] = str(Path(merged[key]).absolute())
    changes = _classifier_options(place, row, merged._cfg_dict)
    merged.merge_from_dict(
        {key: value for key, value in row.items() if key in SETTINGS})
    if changes:
        merged.merge_from_dict(dict(options=dict(classifier=changes)))
    return merged._cfg_dict


def _classifier_options(place: str, row: ConfigDict,
                        settings: ConfigDict) -> dict[str, Any]:
    """Return what ``necks`` and ``group_size`` change in the classifier."""
    changes: dict[str, Any] = {}
    if not {'necks', 'group_size'} & {*row}:
        return changes
    cfg = Job('', settings, Workspace(Path())).config('classifier')
    if 'necks' in row:
        necks = cfg.model.get('neck') or []
        for name in {*row.necks} - {neck.type for neck in necks}:
            raise InputError(f'{place}.necks.{name}: {settings.classifier} '
                             'has no such neck')
        changes['model.neck'] = [
            dict(neck, **row.necks[neck.type])
            for neck in necks if neck.type in row.necks] or None
    if 'group_size' in row:
        loader = cfg.train_dataloader
        images = loader.batch_size * loader.dataset.group_size
        changes['train_dataloader.batch_size'] = max(
            1, images // row.group_size)
    return changes


def _chosen(path: Path, rows: Mapping[str, ConfigDict],
            names: Sequence[str] | None) -> dict[str, ConfigDict]:
    for name in names or ():
        if name not in rows:
            raise InputError(f'{path}: no row {name!r}; there are '
                             f'{", ".join(rows)}')
    return {name: rows[name] for name in names or rows}


def _summary(row: Mapping[str, Any], stages: Sequence[str],
             measured: Mapping[int, Mapping[str, dict]]) -> dict[str, Any]:
    """Return mean and standard deviation of a row, by stage."""
    summary: dict[str, Any] = dict(title=row.get('title', ''))
    for stage in stages:
        metric, count = MEASURES[stage][2:]
        found = {seed: each[stage] for seed, each in measured.items()
                 if metric in each.get(stage, {})}
        values = [each[metric] for each in found.values()]
        summary[stage] = dict(
            values={str(seed): each[metric] for seed, each in found.items()},
            mean=statistics.fmean(values) if values else None,
            std=statistics.stdev(values) if len(values) > 1 else None,
            num_images=max((each.get(count, 0) for each in found.values()),
                           default=0),
            paper=row.get('paper', {}).get(stage))
    return summary
