# Copyright (c) COMNet contributors. All rights reserved.
"""ONNX Runtime gives what PyTorch gives, of pictures of several sizes."""

import json
from copy import deepcopy
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from helpers.backbones import FAMILIES
from helpers.tiny import checkpoint_of
from helpers.tool_runner import error_of, run_tool
from mmengine.config import Config
from mmengine.registry import DefaultScope
from mmpretrain.registry import MODELS

from comnet.apis import CAMInferencer, SegmentationInferencer, export_onnx
from comnet.apis.onnx_export import _Classifier, exported
from comnet.models import CAMExtractor
from comnet.utils import InputError

SIZES = [(72, 96), (64, 64), (101, 147)]  # height and width
GONE = dict(data_root='gone', pretrained=None)
# an export traces sizes that are not known, which no check may compare
pytestmark = pytest.mark.usefixtures('shapes_unchecked')


@pytest.fixture(scope='module')
def onnxruntime():
    pytest.importorskip('onnxscript', reason='no package onnxscript')
    return pytest.importorskip('onnxruntime', reason='no onnxruntime')


def pictures(demo_root: Path) -> list[np.ndarray]:
    """Return a picture at several sizes, BGR."""
    image = cv2.imread(str(demo_root / 'JPEGImages/val_00000.jpg'))
    return [cv2.resize(image, size[::-1]) for size in SIZES]


def as_input(image: np.ndarray) -> dict[str, np.ndarray]:
    """Return a BGR picture (H, W, 3) as the files take it."""
    return dict(image=image[..., ::-1].transpose(2, 0, 1)[None].copy())


def shaken(checkpoint: Path, key: str, out: Path) -> Path:
    """Write a checkpoint whose last layer finds something everywhere."""
    content = torch.load(checkpoint, weights_only=False)  # our own
    generator = torch.Generator().manual_seed(0)
    for name, value in content['state_dict'].items():
        if key in name:
            value.copy_(0.1 * torch.randn(value.shape, generator=generator))
    torch.save(content, out)
    return out


@pytest.mark.parametrize('bgr_to_rgb', [True, False])
def test_segmentor(onnxruntime, whole_way: Path, tiny_configs: Path,
                   demo_root: Path, tmp_path: Path, bgr_to_rgb: bool) -> None:
    config = tiny_configs / 'segmentor.py'
    checkpoint = shaken(checkpoint_of(whole_way, 'segmentor'),
                        'decode_head', tmp_path / 'model.pth')
    options = {**GONE, 'model.data_preprocessor.bgr_to_rgb': bgr_to_rgb}
    inferencer = SegmentationInferencer(config, checkpoint, options)
    path = export_onnx(config, checkpoint, tmp_path / 'a/model.onnx', options)
    assert path == tmp_path / 'a/model.onnx'
    session = onnxruntime.InferenceSession(path)
    assert json.loads(session.get_modelmeta().custom_metadata_map[
        'classes']) == list(inferencer.classes)
    for image in pictures(demo_root):
        probs, labels = session.run(['probs', 'labels'], as_input(image))
        expected, = inferencer(image)
        assert len(np.unique(expected)) > 2  # there is something to find
        assert labels.dtype == np.uint8
        first, second = np.sort(probs[0], axis=0)[[-1, -2]]  # (H, W) each
        sure = first - second > 1e-4
        assert sure.mean() > 0.9
        assert np.array_equal(labels[0][sure], expected[sure])
        np.testing.assert_allclose(probs.sum(1), 1, atol=1e-5)
        assert np.array_equal(labels, probs.argmax(1))


def test_pictures_are_resized_as_by_the_config(
        onnxruntime, whole_way: Path, tiny_configs: Path, demo_root: Path,
        tmp_path: Path) -> None:
    config = tiny_configs / 'segmentor.py'
    checkpoint = shaken(checkpoint_of(whole_way, 'segmentor'),
                        'decode_head', tmp_path / 'model.pth')
    options = {**GONE, 'test_dataloader.dataset.pipeline': [
        dict(type='LoadVOCImage'),
        dict(type='Resize', scale=(80, 64), keep_ratio=False),
        dict(type='PackSegInputs')]}
    inferencer = SegmentationInferencer(config, checkpoint, options)
    session = onnxruntime.InferenceSession(
        export_onnx(config, checkpoint, tmp_path / 'model.onnx', options))
    for image in pictures(demo_root):
        probs, labels = session.run(['probs', 'labels'], as_input(image))
        expected, = inferencer(image)
        first, second = np.sort(probs[0], axis=0)[[-1, -2]]  # (H, W) each
        sure = first - second > 1e-2  # OpenCV rounds the resized colours
        assert sure.mean() > 0.5
        assert np.array_equal(labels[0][sure], expected[sure])


def test_classifier(onnxruntime, whole_way: Path, tiny_configs: Path,
                    demo_root: Path, tmp_path: Path) -> None:
    """With intra-matching, without inter-matching."""
    config = tiny_configs / 'classifier.py'
    checkpoint = shaken(checkpoint_of(whole_way, 'classifier'),
                        'head', tmp_path / 'model.pth')
    run = run_tool('export_onnx.py', config, checkpoint,
                   tmp_path / 'model.onnx', '--cfg-options', 'data_root=gone')
    assert run.code == 0, run.err
    assert run.out.splitlines()[-1] == str(tmp_path / 'model.onnx')
    session = onnxruntime.InferenceSession(tmp_path / 'model.onnx')
    inferencer = CAMInferencer(config, checkpoint, threshold=0, options={
        **GONE, 'default_hooks.cam': dict(
            type='CAMHook', scales=(1.0, ), flip=False, matching='nothing')})
    for image in pictures(demo_root):
        scores, maps = session.run(['scores', 'maps'], as_input(image))
        expected, = inferencer(image)
        assert expected.maps.max(axis=(1, 2)).max() > 0.9
        np.testing.assert_allclose(scores[0], expected.scores, atol=1e-4)
        np.testing.assert_allclose(maps[0], expected.maps, atol=1e-3)


def test_other_networks_are_refused(onnxruntime, whole_way: Path,
                                    tiny_configs: Path, demo_root: Path,
                                    tmp_path: Path) -> None:
    assert 'IRNet is not exported; give the config of a segmentor' in error_of(
        'export_onnx.py', tiny_configs / 'irnet.py',
        checkpoint_of(whole_way, 'irnet'),
        tmp_path / 'model.onnx', '--cfg-options', f'data_root={demo_root}')


def test_sliding_windows_are_refused(onnxruntime, whole_way: Path,
                                     tiny_configs: Path,
                                     tmp_path: Path) -> None:
    with pytest.raises(InputError, match='set model.test_cfg.mode=whole'):
        export_onnx(
            tiny_configs / 'segmentor.py',
            checkpoint_of(whole_way, 'segmentor'),
            tmp_path / 'model.onnx', {**GONE, 'model.test_cfg': dict(
                mode='slide', crop_size=(32, 32), stride=(16, 16))})


def test_missing_package_is_named(monkeypatch: pytest.MonkeyPatch,
                                  tmp_path: Path) -> None:
    monkeypatch.setattr('comnet.apis.onnx_export.find_spec', lambda _: None)
    with pytest.raises(InputError, match='no package onnx; pip install onnx'):
        export_onnx('segmentor.py', 'model.pth', tmp_path / 'model.onnx')


QUICK = ('convnext', 'dinov2', 'swin', 'vit')


@pytest.mark.parametrize('name', [
    pytest.param(name, marks=[] if name in QUICK else pytest.mark.slow)
    for name in FAMILIES])
def test_each_family_of_backbones(onnxruntime, name: str) -> None:
    torch.manual_seed(0)
    normal = dict(mean=[120.0] * 3, std=[60.0] * 3)
    with DefaultScope.overwrite_default_scope('mmpretrain'):
        model = MODELS.build(dict(
            type='COMNet', data_preprocessor=normal,
            backbone=deepcopy(FAMILIES[name]), neck=None,
            head=dict(type='COMNetHead', num_classes=4))).eval()
    cfg = Config(dict(
        model=dict(data_preprocessor=dict(normal, to_rgb=True)),
        test_dataloader=dict(dataset=dict(pipeline=[]))))
    network = _Classifier(model, cfg, 4).eval()
    if name == 'swin':
        with pytest.raises(InputError, match='Swin.* of one size alone; let'):
            exported(network)
        network.size = (224, 224)
    session = onnxruntime.InferenceSession(
        exported(network).model_proto.SerializeToString())
    whole = 224  # nothing is stretched: 7, 14 or 16 patches
    for height, width in ((75, 101), (whole, whole)):
        image = torch.randint(256, (1, 3, height, width), dtype=torch.uint8)
        scores, maps = session.run(None, dict(image=image.numpy()))
        with torch.no_grad():
            expected = network(image)
        np.testing.assert_allclose(scores, expected[0], atol=1e-4)
        np.testing.assert_allclose(maps, expected[1], atol=1e-3)
    cams = CAMExtractor(model, (1.0, ), False, 'nothing')(image[0], range(4))
    np.testing.assert_allclose(scores[0], cams.scores, atol=1e-4)
    np.testing.assert_allclose(maps[0], cams.full_size(), atol=1e-2)
