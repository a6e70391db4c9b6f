# Copyright (c) COMNet contributors. All rights reserved.
"""Images with their class activation maps."""

from pathlib import Path

import numpy as np
import pytest

from comnet.datasets import VOCLabelDataset
from comnet.datasets.cam_file import CAMFile
from comnet.datasets.with_cam import WithCAM
from comnet.utils import InputError


def test_each_image_comes_with_its_own_maps(
        demo_root: Path, tmp_path: Path) -> None:
    images = VOCLabelDataset(str(demo_root), pipeline=[])
    dataset = WithCAM(images, tmp_path)
    assert len(dataset) == len(images)
    CAMFile(np.array([2]), np.ones((1, 3, 4)), (9, 16)).save(
        tmp_path / 'train_00005.npz')
    item, cam = dataset[5]
    assert item['img_id'] == 'train_00005'
    assert cam.keys.tolist() == [2] and cam.cam.shape == (1, 3, 4)
    with pytest.raises(InputError, match='train_00004.npz'):
        dataset[4]
