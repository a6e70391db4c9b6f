# Copyright (c) COMNet contributors. All rights reserved.
"""Runs a tool as the shell would, in this process: imports take seconds."""

import contextlib
import io
import runpy
import sys
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

ROOT = Path(__file__).parents[2]


@dataclass
class Run:
    """What a tool ended with and printed."""
    code: int
    out: str
    err: str


def run_tool(tool: str, *arguments: object) -> Run:
    """Run ``tools/TOOL`` with arguments.

    Args:
        tool: File in the folder ``tools``.
        arguments: Of the command line.
    """
    out, err, code = io.StringIO(), io.StringIO(), 0
    path = str(ROOT / 'tools' / tool)
    with (mock.patch.object(sys, 'argv', [path, *map(str, arguments)]),
          mock.patch.object(sys, 'path', [str(Path(path).parent), *sys.path]),
          contextlib.redirect_stdout(out), contextlib.redirect_stderr(err)):
        try:
            runpy.run_path(path, run_name='__main__')
        except SystemExit as end:
            code = int(end.code or 0)
    return Run(code, out.getvalue(), err.getvalue())


def error_of(tool: str, *arguments: object) -> str:
    """Run a tool that must fail and return its last line, the error."""
    run = run_tool(tool, *arguments)
    assert run.code == 2, run.err
    assert 'Traceback' not in run.err
    line = run.err.splitlines()[-1]
    assert line.startswith('error: ')
    return line
