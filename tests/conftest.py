# Copyright (c) COMNet contributors. All rights reserved.
"""What the tests share: reference data and a small generated data set."""

import os
from pathlib import Path

import pytest
import torch

import comnet.datasets
import comnet.evaluation
import comnet.hooks
import comnet.models  # noqa: F401  # all four: registers the components

torch.set_num_threads(2)


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
