# Copyright (c) COMNet contributors. All rights reserved.
"""A first look at the data of a pipeline, in minutes."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .reading import read_pipeline
from .run import run_pipeline

CONFIG = 'lite0/pipeline_quick.py'
DATA = ('data_root', 'train_list', 'val_list', 'labels', 'corrected_dir')


def quick_work_dir(work_dir: str | Path) -> Path:
    """Return the folder of a first look, beside that of the pipeline."""
    work_dir = Path(work_dir)
    return work_dir.with_name(f'{work_dir.name}-quick')


def run_quick(config: str | Path,
              work_dir: str | Path,
              options: Mapping[str, Any] | None = None,
              **more: Any) -> dict[str, dict]:
    """Run the packaged ``CONFIG`` on the data of another pipeline.

    Args:
        config: Pipeline config file, of which only the data count.
        work_dir: Folder of that pipeline; the first look is written to
            :func:`quick_work_dir`.
        options: Settings that override those of ``CONFIG``.
        more: Other arguments of :func:`run_pipeline`.

    Returns:
        Its results, see :func:`run_pipeline`.

    Raises:
        InputError: Something given is missing or wrong.
    """
    cfg = read_pipeline(config)
    data = {key: cfg[key] for key in DATA if key in cfg}
    return run_pipeline(CONFIG, quick_work_dir(work_dir),
                        {**data, **(options or {})}, **more)
