# Copyright (c) COMNet contributors. All rights reserved.
from collections.abc import Callable
from pathlib import Path

import pytest

from comnet.utils import InputError
from comnet.utils.given import (
    require_checkpoint,
    require_config,
    require_data_root,
    require_folder,
    require_path,
    require_training,
)
from comnet.utils.package_files import package_folder


def test_what_is_there_is_returned(tmp_path: Path) -> None:
    file = tmp_path / 'a.py'
    file.touch()
    for look in (require_config, require_checkpoint, require_training,
                 require_path):
        assert look(file) == file
    for look in (require_data_root, require_folder, require_training,
                 require_path):
        assert look(tmp_path) == tmp_path
    packaged = package_folder('configs') / 'lite0/pipeline.py'
    assert require_config('lite0/pipeline.py') == packaged


@pytest.mark.parametrize('look, line', [
    (require_config, 'no such config file; name one of your own, or of the '
                     'package'),
    (require_checkpoint, 'no such checkpoint; name a file that comnet train '
                         'wrote'),
    (require_training, 'no such checkpoint; name a file that comnet train '
                       'wrote'),
    (require_data_root, 'no such folder; set data_root to a folder in VOC '
                        'layout'),
    (require_folder, 'no such folder; name one that is there'),
    (require_path, 'no such file or folder; name one that is there')])
def test_what_is_not_there_is_one_line(
        look: Callable[[Path], Path], line: str, tmp_path: Path) -> None:
    with pytest.raises(InputError) as error:
        look(tmp_path / 'none')
    assert str(error.value) == f'{tmp_path / "none"}: {line}'


@pytest.mark.parametrize('name, meant', [
    ('comnet_r50_vocs.py', 'comnet_r50_voc.py'),
    ('configs/lite/pipeline.py', 'lite0/pipeline.py')])
def test_a_config_that_was_meant(name: str, meant: str) -> None:
    with pytest.raises(InputError, match=f'; did you mean {meant}.$'):
        require_config(name)


def test_a_folder_is_no_config(tmp_path: Path) -> None:
    with pytest.raises(InputError, match='a folder; name a config file in'):
        require_config(tmp_path)
