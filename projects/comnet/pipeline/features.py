# Copyright (c) COMNet contributors. All rights reserved.
"""The features that frozen backbones keep on disk, in the folder of a run."""

import os
import shutil
from pathlib import Path

from ..utils.folder_lock import writing
from ..utils.given import require_run

VARIABLE = 'COMNET_FEATURES'  # of the environment: a folder for all runs
FOLDER = 'features'


def features_setting(work_dir: str | Path) -> dict[str, str]:
    """Return the setting that keeps a run's features in its folder.

    It is empty where the environment names a folder for all runs.
    """
    if os.environ.get(VARIABLE):
        return {}
    return dict(cache_dir=str(Path(work_dir).absolute() / FOLDER))


def clean_run(work_dir: str | Path) -> int:
    """Remove what only speeds up a run: the features in its folder.

    Args:
        work_dir: The ``--work-dir`` of a pipeline.

    Returns:
        The bytes that this has freed.

    Raises:
        InputError: The folder is none of a pipeline, or one is running in it.
    """
    folder = require_run(work_dir) / FOLDER
    if folder.is_symlink() or not folder.is_dir():  # another's, or none
        return 0
    with writing(work_dir):
        size = sum(path.stat().st_size for path in folder.iterdir())
        shutil.rmtree(folder)
    return size
