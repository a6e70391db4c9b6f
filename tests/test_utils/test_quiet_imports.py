# Copyright (c) COMNet contributors. All rights reserved.
"""Imports of mmpretrain and mmseg, and what is printed meanwhile."""

import subprocess
import sys
from pathlib import Path

import pytest

from comnet.utils.quiet_imports import import_without_line


def run(code: str) -> str:
    """Run Python code and return all it printed."""
    done = subprocess.run([sys.executable, '-c', code], text=True, check=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return done.stdout


def test_only_that_line_is_dropped(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture) -> None:
    (tmp_path / 'talkative.py').write_text(
        "print('first')\nprint('drop me')\nprint('drop me not')\n"
        "raise ImportError")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ImportError):
        import_without_line('drop me', 'talkative')
    assert capsys.readouterr().out == 'first\ndrop me not\n'


def test_components_are_imported_in_silence() -> None:
    assert run('import comnet.models, comnet.hooks, comnet.evaluation') == ''


def test_ops_and_workers_take_no_other_project() -> None:
    code = ('import sys, comnet.cli, comnet.ops, comnet.utils.parallel; '
            "print({'mmcv', 'mmengine', 'mmpretrain', 'mmseg'} "
            '& {*sys.modules})')
    assert run(code) == 'set()\n'
