# Copyright (c) COMNet contributors. All rights reserved.
"""A run keeps its backbone's features in its own folder, until it is told."""

from pathlib import Path

import pytest
from helpers.run_files import run_of
from helpers.tool_runner import error_of, run_tool

from comnet.engine.config import load_config
from comnet.pipeline import clean_run, read_methods
from comnet.utils import InputError
from comnet.utils.folder_lock import writing

LITE0 = 'lite0/pipeline.py'


@pytest.fixture
def data(demo_root: Path, monkeypatch: pytest.MonkeyPatch
         ) -> dict[str, str]:
    monkeypatch.delenv('COMNET_FEATURES', raising=False)
    return dict(data_root=str(demo_root))


def cache_of(work_dir: Path, options: dict, step: str) -> str:
    method = read_methods(LITE0, options, work_dir)['comnet']
    found: str = method.built[step].cfg.model.backbone.cache_dir
    return found


@pytest.mark.parametrize('step', ['classifier', 'segmentor'])
def test_networks_of_a_run_share_a_folder_in_it(
        data: dict, tmp_path: Path, step: str,
        monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "it's").mkdir()  # a text that would end one in a config
    assert cache_of(tmp_path / "it's", data, step) == str(
        tmp_path / "it's/features")
    assert cache_of(tmp_path, dict(data, cache_dir='/fast'), step) == '/fast'
    monkeypatch.setenv('COMNET_FEATURES', '/all')
    assert cache_of(tmp_path, data, step) == '/all'


def test_networks_without_features_take_no_notice(
        data: dict, tmp_path: Path) -> None:
    method = read_methods('pipeline_r50_voc.py', data, tmp_path)['comnet']
    assert 'cache_dir' not in method.built['classifier'].cfg.model.backbone


def test_folder_is_no_part_of_what_a_step_is_made_of(
        data: dict, tmp_path: Path) -> None:
    first, second = (read_methods(LITE0, data, tmp_path / name)['comnet']
                     .built['classifier'] for name in 'ab')
    assert first.settings() == second.settings()


def test_single_network_takes_it_in_one_place(data: dict) -> None:
    cfg = load_config('lite0/comnet_lite0.py', dict(data, cache_dir='there'))
    assert cfg.model.backbone.cache_dir == 'there'


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """Return a run with 3 MiB of features and a checkpoint."""
    run_of(['comnet']).write(tmp_path)
    for name, size in (('features/a.npz', 2**20), ('features/b.npz', 2**21),
                       ('comnet/classifier/epoch_1.pth', 5)):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(bytes(size))
    return tmp_path


def files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob('*')
            if path.is_file()}


def test_clean_removes_features_alone(run: Path) -> None:
    before = files(run)
    done = run_tool('clean.py', run)
    assert (done.code, done.out) == (0, f'{run}: 3 MiB of features removed\n')
    assert files(run) == before - {'features/a.npz', 'features/b.npz'}
    assert clean_run(run) == 0  # once more


def test_what_is_linked_to_stays(run: Path, tmp_path: Path) -> None:
    others = (run / 'features').rename(tmp_path / 'others')
    (run / 'features').symlink_to(others)
    assert clean_run(run) == 0
    assert (others / 'a.npz').is_file()


def test_no_folder_of_a_run_is_touched(run: Path, tmp_path: Path) -> None:
    (run / 'run.json').unlink()
    assert 'no run.json of a pipeline' in error_of('clean.py', run)
    assert (run / 'features/a.npz').is_file()


def test_running_pipeline_keeps_its_features(run: Path) -> None:
    with writing(run), pytest.raises(InputError, match='writ'):
        clean_run(run)
    assert (run / 'features/a.npz').is_file()
