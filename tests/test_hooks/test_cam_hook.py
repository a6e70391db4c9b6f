# Copyright (c) COMNet contributors. All rights reserved.
"""Files of class activation maps, written while testing."""

from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from mmengine.registry import HOOKS
from mmpretrain.registry import MODELS
from mmpretrain.structures import DataSample
from torch import nn

from comnet.datasets.cam_file import CAMFile
from comnet.hooks import CAMHook
from comnet.ops import multi_scale_cam

MEAN, STD = 120.5, 50.0


@pytest.fixture(scope='module')
def model() -> nn.Module:
    torch.manual_seed(0)
    model = MODELS.build(dict(
        type='COMNet',
        data_preprocessor=dict(mean=[MEAN] * 3, std=[STD] * 3, to_rgb=True),
        backbone=dict(
            type='ResNet', depth=18, base_channels=8, stem_channels=8,
            strides=(1, 2, 2, 1), out_indices=(3, )),
        neck=[dict(type='InterMatching'),
              dict(type='IntraMatching', in_channels=64)],
        head=dict(type='COMNetHead', num_classes=5, in_channels=64)))
    nn.init.normal_(model.head.classifier.weight)
    return model.eval()


def batch() -> dict:
    """Return two images of different size, BGR as they are loaded."""
    generator = torch.Generator().manual_seed(0)
    samples = [
        DataSample(metainfo=dict(img_id=name)).set_gt_label(label)
        for name, label in (('one', [1, 4]), ('two', [0]))]
    return dict(
        inputs=[torch.randint(256, (3, *size), generator=generator,
                              dtype=torch.uint8)
                for size in ((48, 65), (37, 32))],
        data_samples=samples)


def run(model: nn.Module, data: dict, work_dir: Path, **settings) -> None:
    hook = HOOKS.build(dict(type='CAMHook', **settings))
    runner = SimpleNamespace(model=model, work_dir=str(work_dir))
    with torch.no_grad():
        hook.before_test_iter(runner, 0, data)


@pytest.mark.parametrize('matching, group_size', [
    ('nothing', None), ('self', 1)])
def test_files_hold_the_maps_of_the_labels(
        model: nn.Module, tmp_path: Path, matching: str,
        group_size: int | None) -> None:
    data = batch()
    run(model, data, tmp_path, scales=(1.0, 0.5), flip=True,
        matching=matching)
    for image, sample, keys in zip(
            data['inputs'], data['data_samples'], ([1, 4], [0]), strict=True):
        path = tmp_path / 'cam' / f'{sample.img_id}.npz'
        assert sample.cam_path == str(path)
        file = CAMFile.load(path)
        assert file.keys.tolist() == keys
        normal = (image.flip(0).float() - MEAN) / STD  # RGB
        with torch.no_grad():
            expected = multi_scale_cam(
                lambda x: model.head.cam(
                    model.extract_feat(x, group_size=group_size)),
                normal, keys, (1.0, 0.5), True)
        for result, values in zip(
                (file.cam, file.high_res), expected, strict=True):
            torch.testing.assert_close(
                torch.from_numpy(result), values, rtol=1e-3, atol=1e-3)
        assert file.high_res.shape[1:] == tuple(image.shape[1:])
        assert file.high_res.max(axis=(1, 2)).tolist() == pytest.approx(
            [1] * len(keys), abs=1e-3)


def test_partners_match_each_view(model: nn.Module, tmp_path: Path) -> None:
    data, other = batch(), batch()
    data['partners'] = [dict(
        inputs=other['inputs'][::-1], data_samples=other['data_samples'])]
    run(model, data, tmp_path, scales=(1.0, ), flip=True,
        matching='partners')
    views = []
    for image in (data['inputs'][0], data['inputs'][0].flip(2)):
        partner = nn.functional.interpolate(
            data['inputs'][1][None].float(), image.shape[1:],
            mode='bilinear', antialias=True)
        views += [image.float(), partner[0]]
    normal = (torch.stack(views).flip(1) - MEAN) / STD
    with torch.no_grad():
        maps = model.head.cam(model.extract_feat(normal, group_size=2))
        expected, _ = multi_scale_cam(
            lambda x: maps[::2], normal[0], [1, 4], (1.0, ), True)
    torch.testing.assert_close(
        torch.from_numpy(CAMFile.load(tmp_path / 'cam/one.npz').cam),
        expected, rtol=1e-3, atol=1e-3)


def test_partners_take_a_data_set_of_groups(
        model: nn.Module, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match='PairedVOCDataset'):
        run(model, batch(), tmp_path, matching='partners')
    with pytest.raises(ValueError, match="'twin'"):
        run(model, batch(), tmp_path, matching='twin')


def test_folder_of_choice(model: nn.Module, tmp_path: Path) -> None:
    data = batch()
    run(model, data, tmp_path / 'work', out_dir=str(tmp_path / 'maps'),
        scales=(1.0, ), flip=False)
    assert sorted(path.name for path in (tmp_path / 'maps').iterdir()) == [
        'one.npz', 'two.npz']
    assert not (tmp_path / 'work').exists()


def test_test_loop_goes_on_with_the_same_batch(
        model: nn.Module, tmp_path: Path) -> None:
    data, untouched = batch(), batch()
    run(model, data, tmp_path, scales=(1.0, ), flip=False)
    for one, other in zip(data['inputs'], untouched['inputs'], strict=True):
        assert torch.equal(one, other)
    with torch.no_grad():
        data['inputs'] = [image[:, :32, :32] for image in data['inputs']]
        predicted = model.test_step(data)
    assert [Path(sample.cam_path).stem for sample in predicted] == [
        'one', 'two']


def test_scales_of_the_paper_are_the_default() -> None:
    hook = CAMHook()
    assert set(hook.scales) == {0.5, 1.0, 1.5, 2.0}
    assert hook.flip
