# Copyright (c) COMNet contributors. All rights reserved.
"""Our configs and checkpoints in the inferencers of mmseg and mmpretrain.

A training leaves its config, with the data's number of classes, beside its
checkpoints.
"""

from pathlib import Path

import mmcv
import numpy as np
import pytest
from helpers.tiny import METHOD, checkpoint_of, predictions_of
from mmpretrain import ImageClassificationInferencer
from mmseg.apis import MMSegInferencer, inference_model, init_model

from comnet.datasets import VOCLabelDataset
from comnet.datasets.voc_folder import load_mask

IDS = [f'val_{index:05d}' for index in range(4)]


def trained(whole_way: Path, stage: str) -> tuple[str, str]:
    """Return the config that a training wrote, and its checkpoint."""
    return (str(whole_way / METHOD / stage / f'{stage}.py'),
            str(checkpoint_of(whole_way, stage)))


@pytest.fixture(scope='module')
def pictures(demo_root: Path) -> list[str]:
    return [str(demo_root / f'JPEGImages/{each}.jpg') for each in IDS]


@pytest.fixture
def masks(whole_way: Path) -> list[np.ndarray]:
    """Return the masks that the test of the segmentor wrote."""
    folder = predictions_of(whole_way)
    return [load_mask(folder / f'{each}.png') for each in IDS]


def test_mmseg_inferencer(whole_way: Path, pictures: list[str],
                          masks: list[np.ndarray], tmp_path: Path) -> None:
    inferencer = MMSegInferencer(
        *trained(whole_way, 'segmentor'), device='cpu', show_progress=False)
    found = inferencer(pictures, out_dir=str(tmp_path))['predictions']
    assert all(map(np.array_equal, found, masks))
    assert len([*(tmp_path / 'vis').iterdir()]) == len(pictures)
    assert inferencer.model.dataset_meta['classes'][0] == 'background'
    array = mmcv.imread(pictures[0])
    again = inferencer(array)['predictions']
    # decoders of JPEG round differently
    assert (again != masks[0]).mean() < 0.02


def test_mmseg_inference_model(whole_way: Path, pictures: list[str],
                               masks: list[np.ndarray]) -> None:
    model = init_model(*trained(whole_way, 'segmentor'), device='cpu')
    for sample, mask in zip(
            inference_model(model, pictures), masks, strict=True):
        assert np.array_equal(sample.pred_sem_seg.data[0].numpy(), mask)
    sample = inference_model(model, mmcv.imread(pictures[0]))
    assert (sample.pred_sem_seg.data[0].numpy() != masks[0]).mean() < 0.02


def test_mmpretrain_inferencer(whole_way: Path, demo_root: Path,
                               pictures: list[str]) -> None:
    inferencer = ImageClassificationInferencer(
        *trained(whole_way, 'classifier'), device='cpu')
    found = inferencer(pictures, batch_size=2)
    assert len(found) == len(pictures)
    classes = VOCLabelDataset(str(demo_root), lazy_init=True).CLASSES
    for result in found:
        assert result['pred_scores'].shape == (len(classes), )
        assert result['pred_class'] == classes[result['pred_label']]
    array = inferencer(mmcv.imread(pictures[0]))[0]
    assert array['pred_scores'] == pytest.approx(
        found[0]['pred_scores'], abs=1e-5)
