# Copyright (c) COMNet contributors. All rights reserved.
"""Configs that come with the package."""

from pathlib import Path

import pytest

from comnet.utils import package_files
from comnet.utils.package_files import find_config, package_folder

ROOT = Path(__file__).parents[2]
DEMO = ROOT / 'configs/demo/pipeline.py'


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_clone_has_the_folders_at_its_root() -> None:
    assert package_folder('configs').samefile(ROOT / 'configs')


def test_wheel_has_the_folders_in_the_package(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(package_files, 'PACKAGE', tmp_path / 'comnet')
    folder = tmp_path / 'comnet/.mim/tools'
    folder.mkdir(parents=True)
    assert package_folder('tools') == folder


@pytest.mark.parametrize('path', ['configs/demo/pipeline.py',
                                  'demo/pipeline.py', str(DEMO)])
def test_packaged_config_is_found_from_anywhere(path: str) -> None:
    assert find_config(path).samefile(DEMO)


def test_file_of_the_user_comes_first(tmp_path: Path) -> None:
    own = Path('demo/pipeline.py')
    own.parent.mkdir()
    own.touch()
    assert find_config(own) == own


@pytest.mark.parametrize('path', ['demo/nothing.py', '/nothing.py', 'configs'])
def test_what_is_nowhere_stays_as_it_is(path: str) -> None:
    assert find_config(path) == Path(path)
