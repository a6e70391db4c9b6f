# Copyright (c) COMNet contributors. All rights reserved.
"""A step that copies a file: what is done, refused and made anew."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from mmengine.registry import Registry

from comnet.registry import STEPS, build_component
from comnet.steps import Measure, Step, made_by, place
from comnet.utils import InputError
from comnet.utils.record import Record, file_identity

OWN = Registry('step', build_func=build_component)


@OWN.register_module()
@dataclass(frozen=True)
class Copies(Step):
    makes = '*.txt'
    source: Path = made_by('text')
    out_dir: Path = place()
    number: int = 1
    made: list = place(None)  # counts

    def inputs(self) -> dict[str, str]:
        return dict(text=file_identity(self.source / 'a.txt'))

    def missing(self) -> Sequence[str]:
        return [name for name in map(str, range(self.number))
                if not (self.folder / f'{name}.txt').is_file()]

    def todo(self) -> Sequence[str]:
        return self.missing()

    def make(self, built: Any, todo: Sequence[str],
             workers: int | None) -> dict[str, Any]:
        for name in todo:
            (self.folder / f'{name}.txt').write_bytes(
                (self.source / 'a.txt').read_bytes())
            if self.made is not None:
                self.made.append(name)
        return dict(made=len(todo))

    def evaluate(self) -> dict[str, Any]:
        return dict(files=len(list(self.folder.glob(self.makes))))


@OWN.register_module()
@dataclass(frozen=True)
class Others(Copies):
    note: dict = field(default_factory=dict)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    (tmp_path / 'text').mkdir()
    (tmp_path / 'text/a.txt').write_bytes(b'text')
    return tmp_path / 'text'


def read(folder: Path) -> Record:
    record = Record.read(folder)
    assert record is not None
    return record


def test_what_is_there_is_not_made_again(source: Path, tmp_path: Path) -> None:
    made: list[str] = []
    step = Copies(source, tmp_path / 'out', 3, made)
    results = step.run()
    assert results == dict(made=3, files=3)
    before = (tmp_path / 'out/record.json').read_bytes()
    assert step.run() == results
    assert made == ['0', '1', '2']
    assert (tmp_path / 'out/record.json').read_bytes() == before
    record = read(tmp_path / 'out')
    assert record.finished and record.results == results
    assert (record.kind, record.settings) == ('Copies', dict(number=3))
    assert record.inputs == dict(text=file_identity(source / 'a.txt'))

    (tmp_path / 'out/1.txt').unlink()
    assert step.missing() == ['1']
    assert step.run() == dict(made=1, files=3)
    assert made == ['0', '1', '2', '1']


def test_what_was_cut_off_is_measured(source: Path, tmp_path: Path) -> None:
    step = Copies(source, tmp_path / 'out')
    step.run()
    record = read(tmp_path / 'out')
    record.finished, record.results = False, {}
    record.write(tmp_path / 'out')
    assert step.run() == dict(made=0, files=1)
    assert read(tmp_path / 'out').finished


def test_other_setting_is_refused_and_made_on_demand(
        source: Path, tmp_path: Path) -> None:
    Copies(source, tmp_path / 'out', 2).run()
    other = Copies(source, tmp_path / 'out', 1)
    with pytest.raises(InputError, match=r'is stale \(number 2 -> 1\)'):
        other.run()
    assert (tmp_path / 'out/1.txt').exists()
    assert other.run(remake=True) == dict(made=1, files=1)
    assert (tmp_path / 'out.old-1/1.txt').exists()

    (source / 'a.txt').write_bytes(b'other text')
    with pytest.raises(InputError, match=r'is stale \(other text\)'):
        other.run()


def test_folder_of_another_kind_is_refused(
        source: Path, tmp_path: Path) -> None:
    Copies(source, tmp_path / 'out').run()
    with pytest.raises(InputError, match='made by Copies -> Others'):
        Others(source, tmp_path / 'out').run()


def test_step_does_not_fill_what_it_reads(source: Path) -> None:
    with pytest.raises(InputError, match='holds .*text, which it is to be'):
        Copies(source, source).run(remake=True)
    assert (source / 'a.txt').read_bytes() == b'text'


def test_nothing_is_touched_before_all_is_checked(
        source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: Step) -> None:
        raise InputError('not installed')

    monkeypatch.setattr(Copies, 'check', refuse)
    with pytest.raises(InputError, match='not installed'):
        Copies(source, tmp_path / 'out').run()
    assert not (tmp_path / 'out').exists()


def test_state_is_that_of_the_fields(source: Path, tmp_path: Path) -> None:
    step = Copies(source, tmp_path, 2)
    step.__dict__['worked_out'] = object()
    assert step.__getstate__() == dict(
        source=source, out_dir=tmp_path, number=2, made=None)
    assert Copies.setting_names() == ['number']


@pytest.mark.parametrize('settings, problem', [
    (dict(nmber=2), 'copy.nmber: no such setting; there are source, out_dir'),
    (dict(number='2'), "copy.number is '2'; give a whole number"),
    (dict(number=2.5), 'copy.number is 2.5; give a whole number'),
    (dict(number=True), 'copy.number is True; give a whole number'),
    (dict(type='Copied'), "copy.type is 'Copied'; there are Copies, Others")])
def test_settings_without_a_meaning(settings: dict, problem: str) -> None:
    with pytest.raises(InputError, match=problem) as caught:
        OWN.build(dict(dict(type='Copies', source='a', out_dir='b'),
                       **settings), 'copy')
    assert '\n' not in str(caught.value)


def test_place_that_is_not_given_is_named() -> None:
    with pytest.raises(InputError, match='copy.source is missing; set it'):
        OWN.build(dict(type='Copies', out_dir='b'), 'copy')


def test_results_of_one_metric_stand_together() -> None:
    assert Measure('CAM', 'train', 'cam/mIoU').beside('IoU') == 'cam/IoU'
    assert Measure('mask', 'val').beside('IoU') == 'IoU'


def test_every_step_says_what_it_makes() -> None:
    STEPS.import_from_location()
    for name, kind in STEPS.module_dict.items():
        assert kind.makes and kind.kind in (name, 'Training')
