# Copyright (c) COMNet contributors. All rights reserved.
"""Tables of rows: what a row changes, what is measured and written."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from helpers.tiny import METHOD, cams_of
from helpers.tool_runner import error_of, run_tool
from mmengine.config import Config

from comnet.datasets.cam_file import CAMFile
from comnet.engine.config import load_config
from comnet.engine.settings import training_settings
from comnet.pipeline import (
    read_methods,
    read_table,
    row_settings,
    run_ablation,
)
from comnet.utils import InputError

TABLES = ('1', '2', '3', '4', '5', '6', 'ablation/cam_time.py')
INTER, INTRA = 'InterMatching', 'IntraMatching'
TABLE = '''
title = 'At CAM time'
steps = ['cam']
rows = dict(
    own=dict(title='its own', paper=dict(cam=50.8)),
    mean=dict(
        title='mean of 4',
        classifier=dict(options={
            'default_hooks.cam.necks': [dict(
                type='IntraMatching', in_channels=None, num_neighbors=4,
                reduce='mean')]})))
'''


def classifiers(table: str, root: Path,
                pipeline: str = 'demo/pipeline.py') -> dict[str, Config]:
    """Return the classifier's config of each row."""
    place, content = read_table(table)
    options = dict(data_root=str(root))
    rows = {f'methods.{name}': row_settings(place, row, pipeline, options)
            for name, row in content.rows.items()}
    methods = read_methods(pipeline, {**options, **rows})
    return {name: methods[name].built['classifier'].cfg
            for name in content.rows}


@pytest.mark.parametrize('table', TABLES)
def test_rows_are_methods_with_the_steps_of_the_table(
        demo_root: Path, table: str) -> None:
    place, content = read_table(table)
    options = dict(data_root=str(demo_root))
    for row in content.rows.values():
        own = row_settings(place, row, 'demo/pipeline.py', options)
        method = read_methods(
            'demo/pipeline.py', {**options, 'methods.row': own})['row']
        assert {*content.steps} <= {*method.steps}
        if table in '123456':
            assert {*row.paper} == {*content.steps}


@pytest.mark.parametrize('row, config', [
    ('baseline', 'cam'), ('inter', 'inter'), ('intra', 'intra'),
    ('both', 'comnet')])
def test_modules_are_those_of_the_packaged_configs(
        demo_root: Path, row: str, config: str) -> None:
    cfg = classifiers('2', demo_root, 'msrc14/pipeline.py')[row]
    expected = load_config(f'msrc14/{config}_squeezenet_msrc14.py', {
        'data_root': str(demo_root), 'randomness.seed': 0})
    assert training_settings(cfg) == training_settings(expected)


def test_groups_leave_the_images_of_a_batch(demo_root: Path) -> None:
    rows = classifiers('1', demo_root, 'pipeline_r50_voc.py')
    assert rows.pop('baseline').model.neck is None
    for number, (name, cfg) in enumerate(rows.items(), start=2):
        assert name == f'n{number}'
        assert abs(cfg.train_dataloader.batch_size * number - 16) <= 1
        assert cfg.train_dataloader.dataset.group_size == number
        assert [neck.type for neck in cfg.model.neck] == [INTER]


@pytest.mark.parametrize('table, neck, key, values', [
    ('3', INTER, 'alpha', [1.2, 1.5, 1.8, 2.0]),
    ('4', INTRA, 'num_neighbors', [6, 8, 10, 12, 16, 32])])
def test_rows_of_a_setting(demo_root: Path, table: str, neck: str, key: str,
                           values: list[float]) -> None:
    necks = [cfg.model.neck for cfg in classifiers(table, demo_root).values()]
    assert [[each.type for each in one] for one in necks] == [
        [neck]] * len(values)
    assert [one[0][key] for one in necks] == values


def test_rows_of_cam_time_train_one_classifier(demo_root: Path) -> None:
    rows = classifiers('ablation/cam_time.py', demo_root)
    first, *others = (training_settings(cfg) for cfg in rows.values())
    assert others == [first] * 5
    assert rows['group5'].test_dataloader.dataset.group_size == 5


def test_packaged_config_of_cam_time_trains_as_plain_cam_does(
        demo_root: Path) -> None:
    plain, matched = (
        training_settings(load_config(name, dict(data_root=str(demo_root))))
        for name in ('cam_r50_voc.py', 'cam_r50_matched_voc.py'))
    assert plain == matched


@pytest.fixture
def folder(whole_way: Path, tiny_configs: Path, tmp_path: Path) -> Path:
    """Return a folder with a table and what one seed has made already."""
    shutil.copytree(whole_way, tmp_path / 'work/seed_0')
    (tmp_path / 'mine.py').write_text(TABLE)
    return tmp_path


def test_table_is_measured_and_written(
        folder: Path, tiny_configs: Path) -> None:
    arguments = (
        'ablation.py', folder / 'mine.py', '--config',
        tiny_configs / 'pipeline.py', '--work-dir', folder / 'work')
    made = run_tool(*arguments)
    assert made.code == 0, made.out + made.err
    for row in ('own', 'mean'):
        assert f'mine-{row}: classifier is that of {METHOD}' in made.out
    assert f'mine-own: cam is that of {METHOD}' in made.out
    assert not (folder / 'work/seed_0/mine-own/affinity').exists()

    work = folder / 'work/seed_0'
    own, mean = (CAMFile.load(
        cams_of(work, f'mine-{row}') / 'train_00000.npz')
                 for row in ('own', 'mean'))
    assert np.abs(own.cam - mean.cam).max() > 0.01
    summary = json.loads((folder / 'work/mine.json').read_text())
    for row in ('own', 'mean'):
        record = json.loads(
            (cams_of(work, f'mine-{row}') / 'record.json').read_text())
        assert summary['rows'][row]['cam']['mean'] == (
            record['results']['cam/mIoU'])
    text = (folder / 'work/mine.md').read_text()
    assert text in made.out
    assert '| its own | ' in text and ' | 50.8 |' in text

    again = run_tool(*arguments, '--out', folder / 'out')
    assert 'mine-mean: cam is done' in again.out
    assert (folder / 'out/mine.md').read_text() == text


def test_seeds_give_mean_and_standard_deviation(
        folder: Path, tiny_configs: Path,
        monkeypatch: pytest.MonkeyPatch) -> None:
    """The CAM mIoU of three seeds, worked out elsewhere."""
    values = {7: 52.03, 1: 50.36, 2: 50.53}

    def measure(config: object, work_dir: Path, options: dict,
                methods: list[str], seed: int, steps: list[str],
                **_: object) -> dict[str, dict]:
        assert work_dir == folder / f'work/seed_{seed}'
        assert steps == ['cam', 'classifier']
        return {name: dict(cam={
            'cam/mIoU': values[seed], 'cam/num_images': 12})
            for name in methods}

    monkeypatch.setattr('comnet.pipeline.ablation.run_steps', measure)
    text = run_ablation(
        folder / 'mine.py', tiny_configs / 'pipeline.py', folder / 'work',
        folder, seeds=[7, 1, 2], rows=['own'])
    assert '| its own | 51.0 ± 0.9 | 50.8 |' in text
    assert 'mean of 4' not in text
    summary = json.loads((folder / 'mine.json').read_text())
    cell = summary['rows']['own']['cam']
    assert summary['measures'] == dict(cam=dict(
        title='CAM', split='train', metric='cam/mIoU', count='cam/num_images'))
    assert cell['mean'] == pytest.approx(50.97, abs=0.005)
    assert cell['std'] == pytest.approx(0.92, abs=0.005)
    assert cell['values'] == {str(seed): one for seed, one in values.items()}


@pytest.mark.parametrize('row, reason', [
    ("method='theirs'", "has no method 'theirs'; there are comnet"),
    ('necks=dict(Matching=dict())', 'rows.x.necks.Matching: .* no such neck'),
    ('alpha=2', 'rows.x.alpha: no such setting')])
def test_row_that_cannot_be_is_refused(
        tiny_configs: Path, tmp_path: Path, row: str, reason: str) -> None:
    path = tmp_path / 'wrong.py'
    path.write_text(f"title = 'x'\nsteps = ['cam']\nrows = dict(x=dict({row}"
                    '))\n')
    with pytest.raises(InputError, match=reason):
        run_ablation(path, tiny_configs / 'pipeline.py', tmp_path / 'work',
                     tmp_path)


def test_wrong_arguments_have_one_line(tmp_path: Path) -> None:
    work = ('--work-dir', tmp_path)
    assert 'no row' in error_of('ablation.py', '2', *work, '--rows', 'n9')
    assert 'no such config' in error_of('ablation.py', '9', *work)
    path = tmp_path / 'wrong.py'
    path.write_text("title = 'x'\nsteps = ['irnet']\nrows = dict(x=dict())\n")
    assert "'irnet' is not measured" in error_of('ablation.py', path, *work)


def test_some_rows_may_lack_a_step_of_the_table(
        folder: Path, tiny_configs: Path,
        monkeypatch: pytest.MonkeyPatch) -> None:
    path = folder / 'two.py'
    path.write_text(
        "title = 'x'\nsteps = ['cam', 'pseudo']\n"
        'rows = dict(short=dict(pseudo=None, segmentor=None, evaluation=None),'
        ' long=dict())\n')
    ran = []
    monkeypatch.setattr(
        'comnet.pipeline.ablation.run_steps', lambda *_, methods, steps, **__:
        ran.append(steps) or {name: {} for name in methods})
    for rows in (['short'], ['long'], None):
        run_ablation(path, tiny_configs / 'pipeline.py', folder / 'work',
                     folder, rows=rows)
    assert ran[0] == ['cam', 'classifier']
    assert ran[1] == ran[2] and 'pseudo' in ran[1]
