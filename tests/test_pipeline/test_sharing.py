# Copyright (c) COMNet contributors. All rights reserved.
"""What one method has made is another's, where it would be the same."""

import os
import shutil
from pathlib import Path

import pytest
from tiny import METHOD

from comnet.pipeline import (
    STAGES,
    Job,
    Step,
    Workspace,
    plan,
    read_methods,
    run_pipeline,
    stages_of,
)
from comnet.pipeline.sharing import take_over
from comnet.utils.record import Record


@pytest.fixture
def work(whole_way: Path, tmp_path: Path) -> Path:
    """Return a workspace with one finished method."""
    shutil.copytree(whole_way, tmp_path / 'work')
    return tmp_path / 'work'


def twin(work: Path, configs: Path, **changes: object) -> Job:
    """Return a second method, the first one's but for some settings."""
    own = dict(classifier='classifier.py', **changes)
    methods = read_methods(configs / 'pipeline.py', {'methods.twin': own})
    return Job('twin', methods['twin'], Workspace(work))


def taken(job: Job) -> tuple[str, ...]:
    """Take over what can be and return the stages' names."""
    names = []
    for stage in stages_of(job.settings):
        if take_over(Step(job, stage, 'new')) != METHOD:
            break
        names.append(stage.name)
    return tuple(names)


@pytest.mark.parametrize('changes, stages', [
    (dict(), STAGES),
    (dict(random_walk=dict(num_steps=8)), STAGES[:4]),
    (dict(irnet=None), STAGES[:2]),
    (dict(options=dict(classifier={'custom_hooks.1.matching': 'nothing'})),
     STAGES[:1]),
    (dict(options=dict(classifier={'model.neck.0.alpha': 2})), ()),
    (dict(options=dict(segmentor={'optim_wrapper.optimizer.lr': 1})),
     STAGES[:5])])
def test_stages_up_to_the_first_other_setting_are_shared(
        work: Path, tiny_configs: Path, changes: dict,
        stages: tuple[str, ...]) -> None:
    job = twin(work, tiny_configs, **changes)
    assert taken(job) == stages
    states = {step.stage.name: step.state
              for step in plan(job, stages_of(job.settings))}
    assert {name for name, state in states.items() if state == 'done'} == {
        *stages}


def test_other_seed_shares_nothing(work: Path, tiny_configs: Path) -> None:
    job = twin(work, tiny_configs)
    assert taken(Job('twin', job.settings, job.workspace, seed=1)) == ()


@pytest.mark.parametrize('linked', [True, False])
def test_files_are_the_same_or_copies(
        work: Path, tiny_configs: Path, linked: bool,
        monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(source: str, target: str) -> None:
        raise OSError('no hard links here')

    if not linked:
        monkeypatch.setattr(os, 'link', refuse)
    assert taken(twin(work, tiny_configs)) == STAGES
    folders = [work / name / 'classifier' for name in (METHOD, 'twin')]
    first, second = (
        {path.relative_to(folder): path for path in folder.rglob('*')
         if path.is_file()} for folder in folders)
    assert first.keys() == second.keys() != set()
    for name, path in first.items():
        assert path.read_bytes() == second[name].read_bytes()
        assert path.samefile(second[name]) == linked
    assert sorted(path.name for path in (work / 'twin').iterdir()) == sorted(
        STAGES)  # nothing else is left


def test_unfinished_stage_is_not_taken(
        work: Path, tiny_configs: Path) -> None:
    folder = work / METHOD / 'classifier'
    record = Record.read(folder)
    record.finished = False
    record.write(folder)
    assert taken(twin(work, tiny_configs)) == ()


def test_stage_that_has_begun_goes_on(work: Path, tiny_configs: Path) -> None:
    (work / 'twin/classifier').mkdir(parents=True)
    assert taken(twin(work, tiny_configs)) == ()


def test_pipeline_takes_over_what_it_can(
        work: Path, tiny_configs: Path, monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture) -> None:
    monkeypatch.setattr(
        'comnet.pipeline.run.run_in_process',
        lambda *_: pytest.fail('a stage is made a second time'))
    results = run_pipeline(
        tiny_configs / 'pipeline.py', work,
        {'methods.twin.classifier': 'classifier.py'})
    assert results['twin'] == results[METHOD]
    printed = capsys.readouterr().out
    for stage in STAGES:
        assert f'twin: {stage} is that of {METHOD}' in printed
