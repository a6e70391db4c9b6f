# Copyright (c) COMNet contributors. All rights reserved.
"""Runs the tools that mmpretrain and mmseg bring, in this process."""

import contextlib
import io
import re
import runpy
import sys
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest import mock

from mmseg.visualization import SegLocalVisualizer

from comnet.engine.config import load_config
from comnet.visualization import CAMVisualizer


def run_stock(package: ModuleType, tool: str, *arguments: object) -> str:
    """Run ``PACKAGE/.mim/tools/TOOL`` and return what it printed."""
    assert package.__file__ is not None
    path = Path(package.__file__).parent / '.mim/tools' / tool
    out = io.StringIO()
    with (mock.patch.object(sys, 'argv', [str(path), *map(str, arguments)]),
          mock.patch.object(sys, 'path', [str(path.parent), *sys.path]),
          # a process of its own would have none of these
          mock.patch.dict(CAMVisualizer._instance_dict, clear=True),
          mock.patch.dict(SegLocalVisualizer._instance_dict, clear=True),
          contextlib.redirect_stdout(out)):
        runpy.run_path(str(path), run_name='__main__')
    return out.getvalue()


def written_out(config: Path, out: Path, **options: Any) -> Path:
    """Write a config with all values in their places, as stock tools read it.

    Args:
        config: A config of this project.
        out: Python file to write.
        options: Settings that override those of the config.
    """
    load_config(config, options).dump(out)
    return out


def metrics_of(log: str) -> dict[str, float]:
    """Return the numbers in the last line of a test's log."""
    line = re.findall(r'(?:Epoch|Iter)\(test\).*', log)[-1]
    return {name: float(value) for name, value in re.findall(
        r'([\w/-]+): ([0-9.]+)', line)}
