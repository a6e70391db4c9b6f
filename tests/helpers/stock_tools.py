# Copyright (c) COMNet contributors. All rights reserved.
"""Runs the tools that mmpretrain and mmseg bring, in this process."""

import contextlib
import io
import re
import runpy
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest import mock

from mmengine.visualization import Visualizer
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
          no_visualizers(), contextlib.redirect_stdout(out)):
        runpy.run_path(str(path), run_name='__main__')
    return out.getvalue()


@contextlib.contextmanager
def no_visualizers() -> Iterator[None]:
    """Forget those of runs before, as a process of its own would."""
    with contextlib.ExitStack() as stack:
        for kind in (Visualizer, CAMVisualizer, SegLocalVisualizer):
            stack.enter_context(
                mock.patch.dict(kind._instance_dict, clear=True))
        yield


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
