# Copyright (c) COMNet contributors. All rights reserved.
"""What a user names has to be there; told before anything slow is imported."""

import os
from pathlib import Path

from .errors import InputError, did_you_mean
from .package_files import find_config, package_folder

LOCAL_RANK = ('LOCAL_RANK', 'OMPI_COMM_WORLD_LOCAL_RANK')
# of torchrun and Slurm
NUMBERS = ('RANK', 'WORLD_SIZE', 'LOCAL_WORLD_SIZE', 'MASTER_PORT',
           'SLURM_CPUS_PER_TASK', 'SLURM_JOB_ID')
RUN_FILE = 'run.json'  # in the folder of a pipeline


def require_config(path: str | Path) -> Path:
    """Return a config file of the user, or of the package.

    Raises:
        InputError: There is none.
    """
    found = find_config(path)
    if found.is_dir():
        raise InputError(f'{path}: a folder; name a config file in it')
    if not found.is_file():
        folder = package_folder('configs')
        known = {str(file.relative_to(folder)) for file in
                 folder.rglob('*.py') if '_base_' not in file.parts}
        name = str(path).removeprefix('configs/')
        beside = {str(file) for file in Path(path).parent.glob('*.py')}
        meant = (did_you_mean(str(path), beside) or did_you_mean(name, known)
                 or '; name one of your own, or of the package')
        raise InputError(f'{path}: no such config file{meant}')
    return found


def require_checkpoint(path: str | Path) -> Path:
    """Return the file of a checkpoint.

    Raises:
        InputError: There is none.
    """
    return _known(path, Path(path).is_file(), 'no such checkpoint; name a '
                  'file that comnet train wrote')


def is_checkpoint(path: str | Path | None) -> bool:
    """Tell whether a path is that of a checkpoint, by its name."""
    return path is not None and Path(path).suffix == '.pth'


def alone(config: str | Path | None, checkpoint: str | Path | None
          ) -> tuple[str | Path | None, str | Path | None]:
    """Return config and checkpoint, where the latter may stand for both."""
    if checkpoint is None and is_checkpoint(config):
        return None, config
    return config, checkpoint


def require_network(path: str | Path) -> Path:
    """Return a config file, or a checkpoint that stands alone.

    Raises:
        InputError: There is none.
    """
    return (require_checkpoint if is_checkpoint(path) else require_config)(
        path)


def require_training(path: str | Path) -> Path:
    """Return a checkpoint, or the folder of the training that made it.

    Raises:
        InputError: There is neither.
    """
    return Path(path) if Path(path).is_dir() else require_checkpoint(path)


def require_data_root(root: str | Path) -> Path:
    """Return the folder of a data set.

    Raises:
        InputError: There is none.
    """
    return _known(root, Path(root).is_dir(), 'no such folder; set data_root '
                  'to a folder in VOC layout')


def require_folder(path: str | Path) -> Path:
    """Return a folder that is read.

    Raises:
        InputError: There is none.
    """
    return _known(path, Path(path).is_dir(),
                  'no such folder; name one that is there')


def require_path(path: str | Path) -> Path:
    """Return a file or folder that is read.

    Raises:
        InputError: There is none.
    """
    return _known(path, Path(path).exists(),
                  'no such file or folder; name one that is there')


def check_environment() -> None:
    """Check what a launcher tells of its processes.

    Raises:
        InputError: A variable is no number.
    """
    for name in (*LOCAL_RANK, *NUMBERS):
        value = os.environ.get(name, '0')
        if not value.isdecimal():
            raise InputError(f'{name}={value!r} in the environment; unset it, '
                             'or give a whole number as launchers do')


def require_run(work_dir: str | Path) -> Path:
    """Return the folder of a pipeline, begun or finished.

    Raises:
        InputError: It is none.
    """
    return _known(work_dir, (Path(work_dir) / RUN_FILE).is_file(),
                  f'no {RUN_FILE} of a pipeline; give the folder of its '
                  '--work-dir')


def _known(path: str | Path, is_there: bool, problem: str) -> Path:
    """Return a path that is there, or raise an InputError."""
    if not is_there:
        raise InputError(f'{path}: {problem}')
    return Path(path)
