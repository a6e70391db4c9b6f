# Copyright (c) COMNet contributors. All rights reserved.
"""What the tests of the tools share."""

from pathlib import Path

import numpy as np
import pytest
import torch
from mmengine.config import Config
from mmengine.registry import DefaultScope
from mmseg.registry import MODELS

from comnet.datasets.cam_file import CAMFile

CONFIG = Path(__file__).parents[1] / 'configs/irnet_tiny.py'


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
    cfg = Config.fromfile(CONFIG)
    cfg.model.backbone.init_cfg = None
    torch.manual_seed(0)
    with DefaultScope.overwrite_default_scope('mmseg'):
        model = MODELS.build(cfg.model)
    torch.save(dict(state_dict=model.state_dict()), folder / 'irnet.pth')
    return folder
