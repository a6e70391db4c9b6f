# Copyright (c) COMNet contributors. All rights reserved.
"""Some maps of a test, for TensorBoard."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from mmengine.registry import HOOKS
from mmpretrain.structures import DataSample

from comnet.datasets.voc_folder import load_image


@pytest.mark.parametrize('number, shown', [
    (1, [0]), (3, [0, 1, 2]), (8, [0, 2, 4, 6]), (1000, [0, 250, 500, 750])])
def test_pictures_are_evenly_spread(demo_root: Path, number: int,
                                    shown: list[int]) -> None:
    calls: dict[str, tuple] = {}
    runner = SimpleNamespace(
        test_dataloader=range(number), visualizer=SimpleNamespace(
            add_datasample=lambda name, *drawn: calls.update({name: drawn})))
    path = demo_root / 'JPEGImages/train_00000.jpg'
    hook = HOOKS.build(dict(type='CAMPictureHook', num_pictures=4))
    for index in range(number):
        hook.after_test_iter(runner, index, {}, [DataSample(metainfo=dict(
            img_id=f'some/{index}', img_path=str(path)))])
    assert list(calls) == [f'cam_some_{index}' for index in shown]
    for image, sample in calls.values():
        assert np.array_equal(image, load_image(path))
        assert sample.img_path == str(path)
