# Copyright (c) COMNet contributors. All rights reserved.
"""The command line of a tool, without running it."""

import argparse
import runpy
import sys
from pathlib import Path
from unittest import mock


class _Parser(Exception):  # noqa: N818  # not an error: what is looked for
    """A parser that is about to read its arguments."""


def parser_of(path: Path, name: str) -> argparse.ArgumentParser:
    """Return the parser that a tool reads its arguments with.

    Args:
        path: File of the tool.
        name: What it is called in its usage.

    Raises:
        LookupError: It reads none.
    """

    def parse_args(self: argparse.ArgumentParser, *_: object) -> None:
        raise _Parser(self)

    with (mock.patch.object(sys, 'argv', [name]),
          mock.patch.object(sys, 'path', [str(path.parent), *sys.path]),
          mock.patch('argparse.ArgumentParser.parse_args', parse_args)):
        tool = runpy.run_path(str(path))
        try:
            tool['parse_args']()
        except _Parser as found:
            parser: argparse.ArgumentParser = found.args[0]
            return parser
    raise LookupError(f'{path}: parse_args reads no arguments')
