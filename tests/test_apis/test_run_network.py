# Copyright (c) COMNet contributors. All rights reserved.
"""Networks by the folder of a pipeline."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from helpers.tiny import METHOD, checkpoint_of, predictions_of
from helpers.tool_runner import error_of, run_tool

from comnet.apis import (
    CAMInferencer,
    MatchingExplainer,
    SegmentationInferencer,
    find_network,
    given_network,
    segment_command,
)
from comnet.datasets.directions_file import DirectionsFile
from comnet.datasets.voc_folder import load_mask, read_classes
from comnet.pipeline import read_methods
from comnet.pipeline.run import write_run
from comnet.steps.run_file import RunFile
from comnet.utils import InputError
from comnet.utils.record import Record

PIXEL = '''
_base_ = 'pipeline.py'
methods = dict(_delete_=True, pixel=dict(
    classifier='classifier.py', affinity=None, irnet=None, pseudo=None,
    segmentor=None, evaluation=None,
    pixel_classifier=dict(type='PixelClassifier'),
    pixel_evaluation=dict(type='PixelEvaluation', config='segmentor.py')))
'''


@pytest.fixture
def work(whole_way: Path, tmp_path: Path) -> Path:
    """Return a copy of a finished pipeline."""
    return Path(shutil.copytree(whole_way, tmp_path / 'work'))


def second_method(work: Path, name: str, miou: float | None) -> None:
    """Copy the method under another name, with another result."""
    shutil.copytree(work / METHOD, work / name)
    run = RunFile.read(work)
    RunFile(run.data_root, {
        **run.methods, name: run.methods[METHOD]}).write(work)
    folder = run.folder(work, METHOD, 'evaluation').parent / 'evaluation'
    folder = work / name / folder.name
    record = Record.read(folder)
    assert record is not None
    record.results = {} if miou is None else dict(record.results, mIoU=miou)
    record.write(folder)


@pytest.mark.parametrize('role, step', [
    ('classifier', 'cam'), ('segmentor', 'segmentor')])
def test_network_is_that_of_the_run(work: Path, role: str, step: str) -> None:
    found = find_network(work, role)
    assert found.checkpoint == checkpoint_of(work, role)
    assert found.config == work / METHOD / step / f'{role}.py'


def test_classifier_before_its_cams(work: Path) -> None:
    shutil.rmtree(work / METHOD / 'cam')
    assert find_network(work, 'classifier').config == (
        work / METHOD / 'classifier/classifier.py')


def test_classifier_has_the_class_directions_of_its_cams(
        work: Path, demo_root: Path) -> None:
    classes = read_classes(demo_root)
    DirectionsFile(np.ones((len(classes), 128)), np.zeros(len(classes)),
                   classes).save(work)
    config = work / METHOD / 'cam/classifier.py'
    config.write_text(config.read_text() + (
        'default_hooks["cam"]["necks"] = [dict('
        f'type="ClassMatching", directions="{work}")]\n'))
    picture = demo_root / 'JPEGImages/val_00000.jpg'
    assert CAMInferencer.from_run(work, threshold=0)(picture)[0].classes
    _, (seen, ) = MatchingExplainer.from_run(work)([picture])
    assert seen.strength is not None


def test_python_and_command_segment_as_the_run_did(
        work: Path, demo_root: Path, tmp_path: Path) -> None:
    picture = demo_root / 'JPEGImages/val_00000.jpg'
    tested = load_mask(predictions_of(work) / 'val_00000.png')
    mask, = SegmentationInferencer.from_run(work)(picture)
    assert np.array_equal(mask, tested)
    run = run_tool('segment.py', picture, '--run', work, '--out-dir',
                   tmp_path / 'masks', '--json', tmp_path / 'masks.json',
                   '--device', 'cpu')
    assert run.code == 0, run.err
    assert np.array_equal(load_mask(tmp_path / 'masks/val_00000.png'), tested)
    found, = json.loads((tmp_path / 'masks.json').read_text())
    assert found['picture'] == 'val_00000'
    names = ['background', *SegmentationInferencer.from_run(work).classes]
    assert {name: each['area'] for name, each in found['classes'].items()
            } == {names[label]: pytest.approx((tested == label).mean(),
                                              abs=1e-6)
                  for label in np.unique(tested)}


def test_classifier_of_a_run(work: Path, demo_root: Path,
                             tmp_path: Path) -> None:
    picture = demo_root / 'JPEGImages/val_00000.jpg'
    assert CAMInferencer.from_run(work, threshold=0)(picture)[0].classes
    assert MatchingExplainer.from_run(work, METHOD)([picture])[1]
    page = tmp_path / 'page.html'
    assert run_tool('explain.py', picture, '--run', work, '--out',
                    page).code == 0
    assert page.is_file()


def test_best_method_is_taken_where_all_are_measured(
        work: Path, capsys: pytest.CaptureFixture) -> None:
    second_method(work, 'better', 99.0)
    assert find_network(work).checkpoint.is_relative_to(work / 'better')
    second_method(work, 'begun', None)
    record = Record.read(work / 'begun/segmentor')
    assert record is not None
    record.finished = False
    record.write(work / 'begun/segmentor')
    assert find_network(work).checkpoint.is_relative_to(work / 'better')
    assert f'method better, of {METHOD}, better\n' in capsys.readouterr().out
    assert find_network(work, method=METHOD).checkpoint.is_relative_to(
        work / METHOD)
    assert segment_command(work) == (
        f'comnet segment PICTURES --out-dir masks --run {work}')


def test_method_has_to_be_given_where_some_are_not_measured(
        work: Path) -> None:
    second_method(work, 'other', None)
    with pytest.raises(InputError, match=r'--method other\)'):
        find_network(work)
    assert segment_command(work) == (
        f'comnet segment PICTURES --out-dir masks --run {work} '
        '--method other')


def test_pixel_classifier_is_a_segmentor_where_there_is_no_other(
        work: Path, tiny_configs: Path, tmp_path: Path) -> None:
    shutil.copytree(tiny_configs, tmp_path / 'configs')
    (tmp_path / 'configs/pixel.py').write_text(PIXEL)
    root = tmp_path / 'pixel'
    write_run(root, read_methods(tmp_path / 'configs/pixel.py',
                                 work_dir=root))
    assert segment_command(root) is None
    run = RunFile.read(root)
    for step, names in (('pixel_classifier', ('last_checkpoint', 'a.pth')),
                        ('pixel_evaluation', ('segmentor.py', ))):
        folder = run.folder(root, 'pixel', step)
        folder.mkdir(parents=True)
        for name in names:
            (folder / name).write_text('a.pth')
        Record({}, {}, finished=True).write(folder)
    found = find_network(root)
    assert found.checkpoint.parent == run.folder(
        root, 'pixel', 'pixel_classifier')
    assert found.config.name == 'segmentor.py'


def test_what_there_is_not(work: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="'comnt'.*did you mean comnet"):
        find_network(work, method='comnt')
    with pytest.raises(InputError, match='no run.json of a pipeline'):
        find_network(tmp_path)
    record = Record.read(work / METHOD / 'segmentor')
    assert record is not None
    record.finished = False
    record.write(work / METHOD / 'segmentor')
    with pytest.raises(InputError, match='no segmentor is finished; run the'):
        find_network(work)
    for named in ((None, None, None, None), ('a.py', None, None, None)):
        with pytest.raises(InputError, match='or the folder of a pipeline'):
            given_network(*named)
    with pytest.raises(InputError, match='give one of config'):
        given_network('a.py', None, work, None)
    with pytest.raises(InputError, match='of which run'):
        given_network('a.py', 'a.pth', None, METHOD)
    line = error_of('segment.py', work, '--run', tmp_path / 'none',
                    '--out-dir', tmp_path / 'out')
    assert f'{tmp_path / "none"}: no run.json of a pipeline' in line
