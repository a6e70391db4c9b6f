# Copyright (c) COMNet contributors. All rights reserved.
"""What the tests share: reference data and a small generated data set."""

import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

import jaxtyping
import numpy as np
import pytest
import torch
from helpers import tiny
from mmengine.config import Config
from mmengine.registry import DefaultScope
from mmseg.registry import MODELS

import comnet.datasets.components
import comnet.evaluation
import comnet.hooks
import comnet.models  # noqa: F401  # all four: registers the components
from comnet.datasets.cam_file import CAMFile

torch.set_num_threads(1)  # as many processes as cores run the tests


@pytest.fixture(autouse=True)
def default_scope_as_before() -> Iterator[None]:
    """Take away the default scope that a Runner leaves behind."""
    before = DefaultScope._instance_dict.copy()
    yield
    DefaultScope._instance_dict = before


@pytest.fixture
def shapes_unchecked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take wrong shapes as a user's run does, without jaxtyping's checks."""
    monkeypatch.setattr(jaxtyping.config, 'jaxtyping_disable', True)


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
    """Return the folder of a pipeline whose steps are all done.

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


@pytest.fixture(scope='session')
def irnet_work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with CAMs (cam/) and an IRNet of random weights.

    The CAMs are of the training images of ``demo_root``.
    """
    folder = tmp_path_factory.mktemp('irnet')
    rows, columns = np.mgrid[:72, :96].astype(np.float32)
    for index in range(12):
        centre = 20 + 3 * index
        first = np.exp(-((rows - 36)**2 + (columns - centre)**2) / 300)
        maps = np.stack([first, first[:, ::-1]])  # (2, 72, 96)
        CAMFile(np.array([0, 3]), maps[:, ::4, ::4], (72, 96)).save(
            folder / f'cam/train_{index:05d}.npz')
    cfg = Config.fromfile(tiny.TINY / 'irnet_tiny.py')
    cfg.model.backbone.init_cfg = None
    torch.manual_seed(0)
    with DefaultScope.overwrite_default_scope('mmseg'):
        model = MODELS.build(cfg.model)
    torch.save(dict(state_dict=model.state_dict()), folder / 'irnet.pth')
    return folder
