# Copyright (c) COMNet contributors. All rights reserved.
"""The wheel, installed where there is no clone."""

import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest
from helpers import tiny

ROOT = Path(__file__).parents[1]
SOURCES = ('setup.py', 'pyproject.toml', 'LICENSE', 'README.md',
           'model-index.yml', 'requirements', 'projects', 'configs', 'tools')
TINY = ('--num-train', 6, '--num-val', 2, '--size', 64, 48)


def run(*command: object, cwd: Path) -> str:
    """Run a command without this clone on its path; return its output."""
    env = {name: value for name, value in os.environ.items()
           if name not in ('PYTHONPATH', 'PYTHONHOME')}
    done = subprocess.run(list(map(str, command)), cwd=cwd, env=env, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert done.returncode == 0, done.stdout
    return done.stdout


@pytest.fixture(scope='module')
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel in a copy of the clone."""
    folder = tmp_path_factory.mktemp('wheel')
    for name in SOURCES:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, folder / name)
    run(sys.executable, '-m', 'pip', 'wheel', '-q', '--no-deps',
        '--no-build-isolation', '-w', folder / 'dist', folder, cwd=folder)
    path, = (folder / 'dist').iterdir()
    return path


@pytest.fixture(scope='module')
def bin_dir(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the wheel beside the libraries of this environment.

    A .pth file lends these; an editable install among them has no effect, as
    the .pth files of a lent folder are not read.
    """
    folder = tmp_path_factory.mktemp('installed') / 'venv'
    run(sys.executable, '-m', 'venv', '--without-pip', folder,
        cwd=wheel.parent)
    python = folder / 'bin/python'
    run(sys.executable, '-m', 'pip', '--python', python, 'install', '-q',
        '--no-deps', '--no-index', wheel, cwd=wheel.parent)
    site_packages = next(folder.glob('lib/python*/site-packages'))
    (site_packages / 'lent.pth').write_text(sysconfig.get_path('purelib'))
    return folder / 'bin'


@pytest.fixture(scope='module')
def work(bin_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with generated data in ``data/demo``."""
    folder = tmp_path_factory.mktemp('work')
    run(bin_dir / 'comnet', 'demo-data', 'data/demo', *TINY, cwd=folder)
    return folder


def test_wheel_carries_configs_tools_and_model_index(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as file:
        carried = {name for name in file.namelist() if '/.mim/' in name}
    expected = {
        f'comnet/.mim/{path.relative_to(ROOT)}'
        for name in ('configs', 'tools') for path in (ROOT / name).rglob('*.*')
        if path.suffix in ('.md', '.py', '.sh', '.yml')}
    assert carried == expected | {'comnet/.mim/model-index.yml'}


def test_type_checkers_see_the_hints(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as file:
        assert 'comnet/py.typed' in file.namelist()


def test_package_is_the_installed_one(bin_dir: Path, tmp_path: Path) -> None:
    code = 'import comnet; print(comnet.__file__)'
    path = run(bin_dir / 'python', '-c', code, cwd=tmp_path)
    assert Path(path.strip()).is_relative_to(bin_dir.parent)


def test_launchers_can_be_run(bin_dir: Path, tmp_path: Path) -> None:
    tools, = bin_dir.parent.glob('lib/*/site-packages/comnet/.mim/tools')
    assert all(os.access(path, os.X_OK) for path in tools.glob('dist_*.sh'))


def test_usage_names_the_command(bin_dir: Path, tmp_path: Path) -> None:
    text = run(bin_dir / 'comnet', 'pipeline', '--help', cwd=tmp_path)
    assert text.startswith('usage: comnet pipeline ')


def test_packaged_config_is_found_outside_of_a_clone(
        bin_dir: Path, work: Path) -> None:
    run(bin_dir / 'comnet', 'train', 'configs/demo/comnet_lite0_demo.py',
        '--work-dir', 'train', '--cfg-options', 'train_cfg.max_epochs=1',
        'train_dataloader.num_workers=0', cwd=work)
    assert (work / 'train/epoch_1.pth').is_file()


def test_pipeline_runs_outside_of_a_clone(bin_dir: Path, work: Path) -> None:
    packaged, = bin_dir.parent.glob('lib/*/site-packages/comnet/.mim/configs')
    tiny.write_configs(work / 'mine', work / 'data/demo', batch_size=3,
                       configs=packaged)
    printed = run(bin_dir / 'comnet', 'pipeline', 'mine/pipeline.py',
                  '--work-dir', 'all', cwd=work)
    assert 'pseudo mask' in printed  # the table
    assert (work / 'all/results.json').is_file()
    assert (work / 'all/report.html').is_file()


def test_model_of_the_package_segments_a_photograph(
        bin_dir: Path, tmp_path: Path) -> None:
    shutil.copy(ROOT / 'demo/photos/chelsea.jpg', tmp_path / 'a.jpg')
    run(bin_dir / 'comnet', 'segment', 'a.jpg', '--model', 'lite0-voc',
        '--out-dir', 'masks', cwd=tmp_path)
    assert (tmp_path / 'masks/overlays/a.jpg').is_file()
