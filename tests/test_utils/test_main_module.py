# Copyright (c) COMNet contributors. All rights reserved.
"""Scripts that use worker processes, with and without a guard."""

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = '''
from comnet.utils.parallel import run_jobs
print('begun')
'''
WORK = "print(list(run_jobs(len, [('abc', )], workers=2)))\n"


@pytest.mark.parametrize('stdin', [False, True])
def test_script_without_a_guard_runs_once(
        tmp_path: Path, stdin: bool) -> None:
    path = tmp_path / 'script.py'
    path.write_text(SCRIPT + WORK)
    run = subprocess.run(
        [sys.executable, '-' if stdin else path], capture_output=True,
        text=True, input=path.read_text() if stdin else None)
    assert (run.stdout, run.stderr) == ('begun\n[3]\n', '')


def test_workers_know_what_a_guarded_script_defines(tmp_path: Path) -> None:
    path = tmp_path / 'script.py'
    path.write_text(
        SCRIPT + 'def double(value):\n    return 2 * value\n'
        "if __name__ == '__main__':\n    "
        + WORK.replace('len', 'double').replace("'abc'", '4'))
    run = subprocess.run([sys.executable, path], capture_output=True,
                         text=True)
    assert run.stdout.endswith('[8]\n')
    assert run.stderr == ''
