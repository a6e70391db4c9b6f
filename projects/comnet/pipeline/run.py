# Copyright (c) COMNet contributors. All rights reserved.
"""All steps of all methods of a pipeline's config, in order."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ..datasets.data_check import check_data
from ..datasets.image_labels import ANNOTATIONS
from ..results.report import NUM_PICTURES, check_num_pictures, write_report
from ..steps.run_file import RunFile, StepEntry
from ..utils import InputError
from ..utils.atomic_file import remove_partial_files, write_bytes
from ..utils.errors import naming
from ..utils.folder_lock import writing
from ..utils.progress import tell
from ..utils.record import Record, set_aside
from .method import Method
from .plan import DONE, STALE, Planned, plan, take_over
from .process import run_in_process
from .reading import read_methods
from .time_left import time_left

RESULTS = 'results.json'


def run_pipeline(config: str | Path,
                 work_dir: str | Path,
                 options: Mapping[str, Any] | None = None,
                 *,
                 num_pictures: int = NUM_PICTURES,
                 **more: Any) -> dict[str, dict]:
    """Run what is not done of a pipeline, and report what there is.

    The arguments are those of :func:`run_steps`, whose results it returns, and
    ``num_pictures``, the images in ``report.html``, 6 to 200.
    """
    check_num_pictures(num_pictures)
    results = run_steps(config, work_dir, options, **more)
    try:
        report = write_report(work_dir, num_pictures=num_pictures)
        tell(f'report in {report}')
    except InputError as error:  # the steps are done all the same
        tell(f'no report: {error}')
    return results


def run_steps(config: str | Path,
              work_dir: str | Path,
              options: Mapping[str, Any] | None = None,
              *,
              methods: Sequence[str] | None = None,
              steps: Sequence[str] | None = None,
              seed: int = 0,
              gpus: int = 1,
              remake: bool = False) -> dict[str, dict]:
    """Run what is not done of a pipeline.

    ::

        WORK_DIR
        ├── run.json, results.json
        └── METHOD
            ├── STEP.log
            ├── classifier        checkpoints
            ├── cam               cams/ID.npz
            ├── affinity          labels/ID.png
            ├── irnet             checkpoints
            ├── pseudo            masks/ID.png
            ├── segmentor         checkpoints
            └── evaluation        masks/ID.png

    The folder of checkpoints or files of a step holds its ``record.json``.

    Args:
        config: Pipeline config file, see :func:`read_pipeline`.
        work_dir: Folder of everything.
        options: Settings that override those of the config.
        methods: Names of the methods to run, by default those that the config
            names as ``default_methods``, or all.
        steps: Names of the steps to run, by default all.
        seed: Seed of the trainings.
        gpus: Processes of a step, one a GPU. They share a training's batch.
        remake: Whether to set stale output aside and make it anew.

    Returns:
        For each method what its steps measured, by step, and ``seconds``.

    Raises:
        InputError: Something given is missing or wrong, something is stale, a
            step failed, or another run writes the folder.
    """
    if gpus < 1:
        raise InputError(f'gpus is {gpus}; give 1 or more')
    known = read_methods(config, options, work_dir, seed)
    chosen = chosen_methods(known, methods, config)
    names = dict.fromkeys(step for method in chosen for step in method.steps)
    require(names, steps, f'{config}: no step')
    wanted = list(names if steps is None else steps)
    require_data(chosen, wanted)
    if methods is None and len(chosen) < len(known):
        tell(f'method {", ".join(each.name for each in chosen)}; to compare: '
             f'--methods {" ".join(known)}')
    with naming(work_dir), writing(work_dir):
        remove_partial_files(work_dir, deep=False)  # those of steps are theirs
        results = _run(chosen, wanted, work_dir, known, gpus, remake)
        text = json.dumps(results, indent=2) + '\n'
        write_bytes(Path(work_dir) / RESULTS, text.encode())
    return results


def _run(chosen: Sequence[Method], wanted: Sequence[str],
         work_dir: str | Path, known: Mapping[str, Method], gpus: int,
         remake: bool) -> dict[str, dict]:
    """Run what is not done of some methods, see :func:`run_steps`."""
    planned = [one for method in chosen for one in plan(method)]
    todo = [one for one in planned
            if one.name in wanted and one.state != DONE]
    _require_needs(planned, todo)
    for one in todo:
        one.step.check_processes(gpus)
        one.step.check()
    _set_stale_aside(todo, remake)
    write_run(work_dir, known)
    for one in planned:
        if one in todo:
            if source := take_over(one):
                tell(f'{one} is that of {source}')
            if source and not one.step.missing():
                continue
            tell(f'stage {todo.index(one) + 1} of {len(todo)}'
                 f'{time_left(planned, todo[todo.index(one):], work_dir)}'
                 f': {one}'
                 f'{(note := one.step.note()) and f", {note}"}')
            run_in_process(one, gpus)
        elif one.name in wanted:
            tell(f'{one} is done')
    ran = [one for one in planned if one.state == DONE or one in todo]
    return {method.name: step_results(
        [one for one in ran if one.method is method]) for method in chosen}


def chosen_methods(known: Mapping[str, Method], names: Sequence[str] | None,
                   config: str | Path) -> list[Method]:
    """Return the methods of some names, by default those of the config.

    Raises:
        InputError: There is no such method.
    """
    require(known, names, f'{config}: no method')
    return [method for name, method in known.items()
            if (method.by_default if names is None else name in names)]


def require(known: Mapping[str, Any], names: Sequence[str] | None,
            what: str) -> None:
    """Raise an InputError unless all names are known."""
    for name in names or ():
        if name not in known:
            raise InputError(f'{what} {name!r}; there are {", ".join(known)}')


def write_run(work_dir: str | Path, methods: Mapping[str, Method]) -> None:
    """Write ``run.json``, with methods of earlier runs beside these."""
    try:
        before = dict(RunFile.read(work_dir).methods)
    except InputError:  # there is none, or of another version
        before = {}
    now = {method.name: {
        name: StepEntry(step.kind, str(step.folder.relative_to(
            method.root / method.name)), step.makes, step.measure,
            _config_of(method, name))
        for name, step in method.built.items()}
        for method in methods.values()}
    root = next(iter(methods.values())).settings['data_root']
    RunFile(str(root), {**before, **now}).write(work_dir)


def _config_of(method: Method, step: str) -> str:
    """Return the config file of a step's network, '' where it has none."""
    config = method.steps[step].get('config')
    return '' if config is None else str(Path(config).absolute())


def require_data(methods: Sequence[Method], steps: Sequence[str]) -> None:
    """Check lists, labels and which files there are, before all else.

    No pixels: decoding ten thousand pictures takes minutes. What cannot be
    decoded stops the step that comes upon it; ``comnet check`` looks first.

    Raises:
        InputError: The first error, and how many more there are.
    """
    checks = dict.fromkeys(
        (str(method.settings['data_root']), method.settings['train_list'],
         _val_list(method, steps), method.settings.get('labels', ANNOTATIONS))
        for method in methods)
    for check in checks:
        report = check_data(*check, pixels=False)
        for finding in report.warnings:
            tell(str(finding))
        if report.errors:
            more = len(report.errors) - 1
            raise InputError(report.errors[0].text + (
                f' (and {more} more errors, which comnet check tells)'
                if more else ''))


def _val_list(method: Method, steps: Sequence[str]) -> str | None:
    """Return the list that something is measured on, if there is one."""
    for name, step in method.built.items():
        if name in steps and step.measure and step.measure.split == 'val':
            found: str | None = method.settings.get('val_list') or getattr(
                step, 'image_list', None)
            return found
    return None


def step_results(planned: Sequence[Planned]) -> dict[str, Any]:
    """Return what the done steps of a method measured, and their seconds."""
    results: dict[str, Any] = dict(seconds={})
    for one in planned:
        record = Record.read(one.step.folder)
        assert record is not None  # it is done
        results['seconds'][one.name] = record.seconds
        if record.results:
            results[one.name] = record.results
    return results


def _require_needs(planned: Sequence[Planned],
                   todo: Sequence[Planned]) -> None:
    """Raise an InputError if a step to run reads what nobody makes."""
    for one in todo:
        for other in planned:
            if (other.method is one.method and other not in todo
                    and other.state != DONE
                    and other.name in one.method.needs(one.name)):
                raise InputError(
                    f'{one} needs {other.name!r}, which is {other.state}; run '
                    'that step, too')


def _set_stale_aside(todo: Sequence[Planned], remake: bool) -> None:
    """Name what is stale, and set it aside or stop."""
    stale = [one for one in todo if one.state == STALE]
    for one in stale:
        tell(f'{one} is stale: {"; ".join(one.reasons)}')
    if stale and not remake:
        raise InputError(
            f'{len(stale)} of the steps are stale, the first is {stale[0]} '
            f'({"; ".join(stale[0].reasons)}); --remake sets their output '
            'aside and makes them anew, another --work-dir keeps both')
    for one in stale:
        with writing(one.step.folder):
            pass  # no other command is at it
        aside = set_aside(one.method.folder(one.name))
        tell(f'{one}: the old output is now {aside}')
