# Copyright (c) COMNet contributors. All rights reserved.
"""All stages of all methods of a pipeline's config, in order."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ..apis import check_data
from ..datasets.image_labels import ANNOTATIONS
from ..engine.config import load_config
from ..utils import InputError
from ..utils.atomic_file import write_bytes
from ..utils.record import Record, set_aside
from .method import STAGES, read_methods, stages_of
from .plan import DONE, STALE, Step, plan
from .process import run_in_process
from .report import NUM_PICTURES, check_num_pictures, write_report
from .sharing import take_over
from .stage import Job
from .workspace import Workspace


def run_pipeline(config: str | Path,
                 work_dir: str | Path,
                 options: Mapping[str, Any] | None = None,
                 methods: Sequence[str] | None = None,
                 stages: Sequence[str] = STAGES,
                 seed: int = 0,
                 gpus: int = 1,
                 remake: bool = False,
                 num_pictures: int = NUM_PICTURES) -> dict[str, dict]:
    """Run what is not done of a pipeline, and report what there is.

    Args:
        config: As in :func:`run_stages`.
        work_dir: As there.
        options: As there.
        methods: As there.
        stages: As there.
        seed: As there.
        gpus: As there.
        remake: As there.
        num_pictures: Images in ``report.html``, 6 to 200.

    Returns:
        What :func:`run_stages` does.

    Raises:
        InputError: Something given is missing or wrong, something is stale,
            or a stage failed.
    """
    check_num_pictures(num_pictures)
    results = run_stages(config, work_dir, options, methods, stages, seed,
                         gpus, remake)
    first = read_methods(config, options)[next(iter(results))]
    try:
        report = write_report(work_dir, first.data_root, num_pictures)
        print(f'report in {report}', flush=True)
    except InputError as error:  # the stages are done all the same
        print(f'no report: {error}', flush=True)
    return results


def run_stages(config: str | Path,
               work_dir: str | Path,
               options: Mapping[str, Any] | None = None,
               methods: Sequence[str] | None = None,
               stages: Sequence[str] = STAGES,
               seed: int = 0,
               gpus: int = 1,
               remake: bool = False) -> dict[str, dict]:
    """Run what is not done of a pipeline.

    Args:
        config: Pipeline config file, see :func:`read_methods`.
        work_dir: Folder of everything, see :class:`Workspace`.
        options: Settings that override those of the config.
        methods: Names of the methods to run, by default all.
        stages: Names of the stages to run.
        seed: Seed of the trainings.
        gpus: Processes of a stage, one a GPU.
        remake: Whether to set stale output aside and make it anew.

    Returns:
        For each method what its stages measured, by stage, and ``seconds``.

    Raises:
        InputError: Something given is missing or wrong, something is stale,
            or a stage failed.
    """
    if gpus < 1:
        raise InputError(f'gpus is {gpus}; give 1 or more')
    workspace = Workspace(Path(work_dir))
    settings = read_methods(config, options)
    names = list(settings) if methods is None else list(methods)
    for name in names:
        if name not in settings:
            raise InputError(f'{config}: no method {name!r}; there are '
                             f'{", ".join(settings)}')
    jobs = [Job(name, settings[name], workspace, seed) for name in names]
    require_data(jobs, stages)
    steps = [step for job in jobs
             for step in plan(job, stages_of(job.settings))]
    todo = [step for step in steps
            if step.stage.name in stages and step.state != DONE]
    _require_needs(steps, todo)
    for step in todo:
        step.stage.check(step.job)
    _set_stale_aside(todo, remake)
    for step in steps:
        if step in todo:
            if source := take_over(step):
                print(f'{step} is that of {source}', flush=True)
                continue
            print(f'{step}', flush=True)
            run_in_process(step.job, step.stage, gpus)
        elif step.stage.name in stages:
            print(f'{step} is done', flush=True)
    ran = [step for step in steps if step.state == DONE or step in todo]
    results = {job.method: stage_results(
        [step for step in ran if step.job is job]) for job in jobs}
    text = json.dumps(results, indent=2) + '\n'
    write_bytes(workspace.results, text.encode())
    return results


def require_data(jobs: Sequence[Job], stages: Sequence[str]) -> None:
    """Check lists, labels and which files there are, before all else.

    No pixels: decoding ten thousand pictures takes minutes. What cannot be
    decoded stops the stage that comes upon it; ``comnet check`` looks first.

    Raises:
        InputError: The first error, and how many more there are.
    """
    checks = dict.fromkeys(
        (job.settings.data_root, job.settings.train_list,
         _val_list(job) if 'evaluation' in stages else None,
         job.settings.get('labels', ANNOTATIONS)) for job in jobs)
    for check in checks:
        report = check_data(*check, pixels=False)
        for finding in report.warnings:
            print(finding, flush=True)
        if report.errors:
            more = len(report.errors) - 1
            raise InputError(report.errors[0].text + (
                f' (and {more} more errors, which tools/check_data.py tells)'
                if more else ''))


def _val_list(job: Job) -> str | None:
    """Return the list that the segmentor is tested on, if there is one."""
    if job.settings.get('segmentor') is None:
        return None
    if 'val_list' in job.settings:
        return job.settings.val_list
    cfg = load_config(job.settings.segmentor,
                      dict(data_root=job.settings.data_root))
    return cfg.test_dataloader.dataset.image_set_path


def stage_results(steps: Sequence[Step]) -> dict[str, Any]:
    """Return what the stages of a method have measured.

    Args:
        steps: Those that are done.

    Returns:
        Results by stage, and ``seconds`` a stage.
    """
    results: dict[str, Any] = dict(seconds={})
    for step in steps:
        record = Record.read(step.stage.folder(step.job))
        assert record is not None  # it is done
        results['seconds'][step.stage.name] = record.seconds
        if record.results:
            results[step.stage.name] = record.results
    return results


def _require_needs(steps: Sequence[Step], todo: Sequence[Step]) -> None:
    """Raise an InputError if a stage to run reads what nobody makes."""
    for step in todo:
        for other in steps:
            if (other.job is step.job and other not in todo
                    and other.state != DONE
                    and other.stage.name in step.stage.needs(step.job)):
                raise InputError(
                    f'{step} needs {other.stage.name!r}, which is '
                    f'{other.state}; run that stage, too')


def _set_stale_aside(todo: Sequence[Step], remake: bool) -> None:
    """Name what is stale, and set it aside or stop."""
    stale = [step for step in todo if step.state == STALE]
    for step in stale:
        print(f'{step} is stale: {"; ".join(step.reasons)}', flush=True)
    if stale and not remake:
        raise InputError(
            f'{len(stale)} of the stages are stale, the first is {stale[0]} '
            f'({"; ".join(stale[0].reasons)}); --remake sets their output '
            'aside and makes them anew, another --work-dir keeps both')
    for step in stale:
        job = step.job
        aside = set_aside(job.workspace.stage(job.method, step.stage.name))
        print(f'{step}: the old output is now {aside}', flush=True)
