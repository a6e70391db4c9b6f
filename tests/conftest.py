# Copyright (c) COMNet contributors. All rights reserved.
"""What the tests share: reference data and a small generated data set."""

import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import tiny
import torch
from mmengine.registry import DefaultScope

import comnet.datasets
import comnet.evaluation
import comnet.hooks
import comnet.models  # noqa: F401  # all four: registers the components

torch.set_num_threads(1)  # as many processes as cores run the tests


@pytest.fixture(autouse=True)
def default_scope_as_before() -> Iterator[None]:
    """Take away the default scope that a Runner leaves behind."""
    before = DefaultScope._instance_dict.copy()
    yield
    DefaultScope._instance_dict = before


@pytest.fixture(scope='session')
def kit() -> Path:
    """Return the folder of reference data that ``COMNET_KIT`` names."""
    folder = os.environ.get('COMNET_KIT')
    if not folder:
        pytest.skip('COMNET_KIT is not set: no reference data')
    if not Path(folder).is_dir():
        pytest.skip(f'COMNET_KIT={folder} is not a folder')
    return Path(folder)


@pytest.fixture(scope='session')
def demo_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a generated VOC data set: 12 train, 4 val images, 96 x 72.

    It is shared by all tests: read it, write elsewhere.
    """
    from comnet.converters.demo_data import make_demo_data

    root = tmp_path_factory.mktemp('generated') / 'demo'
    make_demo_data(root, num_train=12, num_val=4, size=(96, 72), seed=0)
    return root


@pytest.fixture(scope='session')
def tiny_configs(demo_root: Path,
                 tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of configs of all networks and the pipeline."""
    folder = tmp_path_factory.mktemp('tiny') / 'configs'
    tiny.write_configs(folder, demo_root)
    return folder


@pytest.fixture(scope='session')
def whole_way(demo_root: Path, tiny_configs: Path,
              tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the workspace of a pipeline whose stages are all done.

    It is shared by all tests: read it, write elsewhere.
    """
    base = tmp_path_factory.getbasetemp()
    if 'PYTEST_XDIST_WORKER' in os.environ:
        base = base.parent  # one for all processes: the first one makes it
    root, done = base / 'whole_way', base / 'whole_way.done'
    with open(base / 'whole_way.lock', 'w') as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            tiny.run_whole_way(tiny_configs, demo_root, root)
            done.touch()
    return root
