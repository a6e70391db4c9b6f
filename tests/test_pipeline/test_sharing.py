# Copyright (c) COMNet contributors. All rights reserved.
"""What one method has made is another's, where it would be the same."""

import os
import shutil
from pathlib import Path

import pytest
from helpers.tiny import METHOD, STEPS, masks_of

from comnet.pipeline import (
    Method,
    Planned,
    plan,
    read_methods,
    run_pipeline,
    run_steps,
)
from comnet.pipeline.plan import take_over
from comnet.utils.record import Record


@pytest.fixture
def work(whole_way: Path, tmp_path: Path) -> Path:
    """Return a folder with one finished method."""
    shutil.copytree(whole_way, tmp_path / 'work')
    return tmp_path / 'work'


def twin(work: Path, configs: Path, seed: int = 0,
         **changes: object) -> Method:
    """Return a second method, the first one's but for some settings."""
    own = {'classifier': 'classifier.py', **changes}
    return read_methods(configs / 'pipeline.py', {'methods.twin': own}, work,
                        seed)['twin']


def taken(method: Method) -> tuple[str, ...]:
    """Take over what can be and return the steps' names."""
    names = []
    for name in method.steps:
        if take_over(Planned(method, name, 'new')) != METHOD:
            break
        names.append(name)
    return tuple(names)


@pytest.mark.parametrize('changes, steps', [
    (dict(), STEPS),
    (dict(pseudo=dict(num_steps=8)), STEPS[:4]),
    (dict(affinity=None, irnet=None, pseudo=dict(type='CAMMasks')),
     STEPS[:2]),
    (dict(classifier=dict(
        config='classifier.py',
        options={'default_hooks.cam.matching': 'nothing'})), STEPS[:1]),
    (dict(classifier=dict(
        config='classifier.py', options={'model.neck.0.alpha': 2})), ()),
    (dict(segmentor=dict(options={'optim_wrapper.optimizer.lr': 1})),
     STEPS[:5])])
def test_steps_up_to_the_first_other_setting_are_shared(
        work: Path, tiny_configs: Path, changes: dict,
        steps: tuple[str, ...]) -> None:
    method = twin(work, tiny_configs, **changes)
    assert taken(method) == steps
    assert {one.name for one in plan(method) if one.state == 'done'} == {
        *steps}


def test_a_relative_work_dir_is_that_of_the_shell(
        work: Path, tiny_configs: Path,
        monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(work.parent)
    method = twin(Path(work.name), tiny_configs)
    for step in method.built.values():
        step.check()  # before there is a folder of masks to learn from
    assert taken(method) == STEPS


def test_other_seed_shares_nothing(work: Path, tiny_configs: Path) -> None:
    assert taken(twin(work, tiny_configs, seed=1)) == ()


@pytest.mark.parametrize('linked', [True, False])
def test_files_are_the_same_or_copies(
        work: Path, tiny_configs: Path, linked: bool,
        monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(source: str, target: str) -> None:
        raise OSError('no hard links here')

    if not linked:
        monkeypatch.setattr(os, 'link', refuse)
    assert taken(twin(work, tiny_configs)) == STEPS
    folders = [work / name / 'classifier' for name in (METHOD, 'twin')]
    first, second = (
        {path.relative_to(folder): path for path in folder.rglob('*')
         if path.is_file()} for folder in folders)
    assert first.keys() == second.keys() != set()
    for name, path in first.items():
        assert path.read_bytes() == second[name].read_bytes()
        assert path.samefile(second[name]) == linked
    assert sorted(path.name for path in (work / 'twin').iterdir()) == sorted(
        STEPS)  # nothing else is left


def test_unfinished_step_is_not_taken(
        work: Path, tiny_configs: Path) -> None:
    folder = work / METHOD / 'classifier'
    record = Record.read(folder)
    record.finished = False
    record.write(folder)
    assert taken(twin(work, tiny_configs)) == ()


def test_step_that_has_begun_goes_on(work: Path, tiny_configs: Path) -> None:
    (work / 'twin/classifier').mkdir(parents=True)
    assert taken(twin(work, tiny_configs)) == ()


def test_pipeline_takes_over_what_it_can(
        work: Path, tiny_configs: Path, monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture) -> None:
    monkeypatch.setattr(
        'comnet.pipeline.run.run_in_process',
        lambda *_: pytest.fail('a step is made a second time'))
    results = run_pipeline(
        tiny_configs / 'pipeline.py', work,
        {'methods.twin.classifier': 'classifier.py'})
    assert results['twin'] == results[METHOD]
    printed = capsys.readouterr().out
    for step in STEPS:
        assert f'twin: {step} is that of {METHOD}' in printed


def test_file_that_the_other_has_lost_is_made(
        work: Path, tiny_configs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = []
    monkeypatch.setattr('comnet.pipeline.run.run_in_process',
                        lambda planned, gpus: made.append(str(planned)))
    (masks_of(work) / 'train_00003.png').unlink()
    run_steps(tiny_configs / 'pipeline.py', work,
              {'methods.twin.classifier': 'classifier.py'}, methods=['twin'])
    assert made == ['twin: pseudo']
