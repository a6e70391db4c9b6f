# Copyright (c) COMNet contributors. All rights reserved.
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace

import pytest
from helpers.run_files import run_of

from comnet.pipeline.expected import Expected
from comnet.pipeline.reading import read_methods
from comnet.pipeline.time_left import time_left
from comnet.utils import InputError
from comnet.utils.record import Record

STEPS = 'cam', 'irnet'


@pytest.fixture
def work_dir(tmp_path: Path) -> Path:
    run_of(['one', 'two']).write(tmp_path)
    (tmp_path / 'train.txt').write_text('a\nb\n')
    return tmp_path


def finished(work_dir: Path, method: str, step: str, seconds: float) -> None:
    """Note that a step has taken some seconds."""
    Record({}, {}, finished=True, seconds=seconds).write(
        run_of(['one', 'two']).folder(work_dir, method, step))


def steps_of(work_dir: Path, expected: Expected) -> Sequence[SimpleNamespace]:
    """Return the planned steps of the method ``one``."""
    method = SimpleNamespace(expected=expected, settings=dict(
        data_root=str(work_dir), train_list='train.txt'))
    return [SimpleNamespace(
        name=name, method=method, step=SimpleNamespace(
            folder=run_of(['one']).folder(work_dir, 'one', name)))
        for name in STEPS]


@pytest.mark.parametrize('seconds, words', [
    (20, 'about 40 s left'), (100, 'about 3 min left'),
    (4000, 'about 2 h left'), (0, 'about 1 s left')])
def test_a_method_takes_as_long_as_another(
        work_dir: Path, seconds: float, words: str) -> None:
    planned = steps_of(work_dir, Expected())
    for step in STEPS:
        assert time_left(planned, planned, work_dir) == ''
        finished(work_dir, 'two', step, seconds)
    assert time_left(planned, planned, work_dir) == f', {words}'


def test_before_anything_is_measured_the_config_says_it(
        work_dir: Path) -> None:
    planned = steps_of(work_dir, Expected(
        1, 'two cores', dict(cam=10, irnet=20)))
    assert time_left(planned, planned, work_dir) == (
        ', about 60 s left on two cores')  # two images


def test_a_slower_machine_is_noticed(work_dir: Path) -> None:
    planned = steps_of(work_dir, Expected(
        1, 'two cores', dict(cam=10, irnet=20)))
    finished(work_dir, 'one', 'cam', 3 * 2 * 10)
    assert time_left(planned, planned[1:], work_dir) == ', about 2 min left'


def test_what_others_have_measured_counts_first(work_dir: Path) -> None:
    planned = steps_of(work_dir, Expected(
        2, 'two cores', dict(cam=10, irnet=20)))
    finished(work_dir, 'two', 'irnet', 35)
    assert time_left(planned, planned, work_dir) == (
        ', about 45 s left on two cores')


@pytest.mark.parametrize('num_images, seconds', [(1, 20), (2, 20), (4, 10)])
def test_a_limited_step_takes_no_longer_with_more_images(
        work_dir: Path, num_images: int, seconds: float) -> None:
    expected = Expected(num_images, '', dict(irnet=20), ('irnet', ))
    assert expected.step('irnet', str(work_dir), 'train.txt') == seconds
    assert expected.step('cam', str(work_dir), 'train.txt') is None


@pytest.mark.parametrize('given', [
    dict(num_images=0), dict(second=dict(cam=1)), dict(seconds=dict(cam=-1)),
    dict(seconds=3), dict(seconds=dict(cam='long')), 'soon'])
def test_a_wrong_setting_is_refused(given: object) -> None:
    with pytest.raises(InputError, match='here.py: expected is .*give such'):
        Expected.of(dict(expected=given), 'here.py')


def test_the_pipeline_of_prepare_expects_all_of_its_steps() -> None:
    methods = read_methods('lite0/pipeline.py').values()
    steps = {step for method in methods for step in method.steps}
    for method in methods:
        assert {*method.expected.seconds} == steps
    for method in read_methods('lite0/pipeline_quick.py').values():
        assert method.expected == Expected()  # which is far shorter
