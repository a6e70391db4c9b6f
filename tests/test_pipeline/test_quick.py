# Copyright (c) COMNet contributors. All rights reserved.
"""A first look has the data of a pipeline and nothing else of it."""

from pathlib import Path
from typing import Any

import pytest
from helpers.tool_runner import error_of

from comnet.converters.layout import write_lines
from comnet.pipeline import quick, read_methods
from comnet.utils import InputError

DATA = '''
data_root = '{root}'
train_list, val_list = 'a/train.txt', 'a/val.txt'
labels = 'labels.csv'
pseudo = dict(bg_threshold=0.5)
methods = dict(slow=dict(classifier='comnet_r50_voc.py'))
'''


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / 'pipeline.py'
    path.write_text(DATA.format(root=tmp_path))
    return path


def test_it_runs_the_packaged_config_on_the_data(
        config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
        ) -> None:
    write_lines(tmp_path / 'a/train.txt', ['1', '2'])
    calls: list[tuple] = []

    def run(*args: Any, **more: Any) -> dict:
        calls.append((*args, more))
        return {}

    monkeypatch.setattr(quick, 'run_pipeline', run)
    quick.run_quick(config, tmp_path / 'work', {'labels': 'other.csv'}, seed=3)
    (path, work_dir, options, more), = calls
    assert work_dir == tmp_path / 'work-quick'
    assert more == dict(seed=3)
    assert options == dict(
        data_root=str(tmp_path), train_list='a/train.txt',
        val_list='a/val.txt', labels='other.csv')

    (tmp_path / 'classes.txt').write_text('a\nb\n')
    method, = read_methods(path, options, work_dir).values()
    assert [*method.steps] == [
        'classifier', 'cam', 'pseudo', 'segmentor', 'evaluation']
    assert method.built['pseudo'].bg_threshold == 0.3
    full = read_methods('lite0/pipeline.py', options, work_dir)['comnet']
    for step in ('classifier', 'segmentor'):
        lengths = [each.built[step].cfg.train_cfg for each in (method, full)]
        short, long = (each.get('max_iters', each.get('max_epochs'))
                       for each in lengths)
        assert short < long


def test_every_picture_has_one_size_in_it(
        config: Path, tmp_path: Path) -> None:
    """So that the backbone, whose features are kept, sees it once."""
    (tmp_path / 'classes.txt').write_text('a\n')
    method, = read_methods(quick.CONFIG, dict(
        data_root=str(tmp_path))).values()
    sizes = set()
    for step in ('classifier', 'segmentor'):
        cfg = method.built[step].cfg
        for loader in (cfg.train_dataloader, cfg.test_dataloader):
            sizes |= {transform.scale for transform in loader.dataset.pipeline
                      if transform.type == 'Resize'}
    assert sizes == {(320, 320)}
    assert method.built['classifier'].cfg.default_hooks.cam.scales == (1.0, )


def test_config_of_a_network_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match='no methods; name at least one'):
        quick.run_quick('lite0/comnet_lite0.py', tmp_path / 'work')
    assert 'no such config file' in error_of(
        'pipeline.py', 'gone.py', '--work-dir', tmp_path, '--quick')
