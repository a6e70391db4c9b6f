# Copyright (c) COMNet contributors. All rights reserved.
"""Images with their class activation maps, and an IRNet's boundaries."""

from pathlib import Path

import numpy as np
import pytest
import torch
from helpers.tiny import TINY
from mmengine.registry import DefaultScope
from mmseg.registry import MODELS

from comnet.datasets import VOCLabelDataset
from comnet.datasets.cam_file import CAMFile
from comnet.datasets.voc_folder import load_image
from comnet.engine.config import load_config
from comnet.steps import predict_boundaries
from comnet.steps.network import WithCAM
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


@pytest.mark.parametrize('num_workers', [0, 2])
def test_boundaries_of_some_images(demo_root: Path, irnet_work: Path,
                                   num_workers: int) -> None:
    cfg = load_config(TINY / 'irnet_tiny.py', {
        'data_root': str(demo_root),
        'predict_dataloader.num_workers': num_workers})
    with DefaultScope.overwrite_default_scope('mmseg'):
        model = MODELS.build(cfg.model).eval()
    weights = torch.load(irnet_work / 'irnet.pth')['state_dict']
    model.load_state_dict(weights)
    samples = [*predict_boundaries(
        cfg, irnet_work / 'irnet.pth', irnet_work / 'cam', [7, 2])]
    assert [sample.img_id for sample, _ in samples] == [
        'train_00007', 'train_00002']
    for sample, cam in samples:
        expected = CAMFile.load(irnet_work / f'cam/{sample.img_id}.npz').cam
        assert np.array_equal(cam.cam, expected)
        image = load_image(demo_root / f'JPEGImages/{sample.img_id}.jpg')
        with torch.no_grad():
            alone, = model.test_step(dict(
                inputs=[torch.from_numpy(image[..., ::-1].copy()).permute(
                    2, 0, 1)], data_samples=[sample.clone()]))
        torch.testing.assert_close(
            sample.boundary.data, alone.boundary.data, atol=1e-5, rtol=0)
