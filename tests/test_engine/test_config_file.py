# Copyright (c) COMNet contributors. All rights reserved.
import logging
import subprocess
import sys
from pathlib import Path

import pytest

from comnet.engine.config_file import read_config


def test_modules_beside_a_config_are_found(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, 'path', list(sys.path))
    (tmp_path / 'module_beside.py').write_text('FOUND = True')
    (tmp_path / 'torch.py').write_text('raise ImportError')  # is not taken
    path = tmp_path / 'mine.py'
    path.write_text("custom_imports = dict(imports=['module_beside'])")
    read_config(path)
    assert sys.modules.pop('module_beside').FOUND
    code = ('from comnet.engine.config_file import read_config; import sys;'
            f'read_config({str(path)!r}); import torch; torch.ones(1)')
    subprocess.run([sys.executable, '-c', code], check=True)


def test_no_import_where_none_is_wanted(tmp_path: Path) -> None:
    path = tmp_path / 'mine.py'
    path.write_text("custom_imports = dict(imports=['no_such_module'])\n"
                    "work_dir = 'here'")
    assert read_config(path, custom_imports=False).work_dir == 'here'


def test_variables_of_the_environment_are_not_logged(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
        caplog: pytest.LogCaptureFixture,
        capsys: pytest.CaptureFixture) -> None:
    monkeypatch.setenv('COMNET_HERE', 'somewhere')
    path = tmp_path / 'mine.py'
    path.write_text("data_root = '{{$COMNET_HERE:nowhere}}'")
    with caplog.at_level(logging.INFO):
        assert read_config(path).data_root == 'somewhere'
    assert 'COMNET_HERE' not in caplog.text + capsys.readouterr().out
