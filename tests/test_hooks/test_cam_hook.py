# Copyright (c) COMNet contributors. All rights reserved.
"""Files of class activation maps, written while testing."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from mmengine.registry import HOOKS
from mmpretrain.registry import MODELS
from mmpretrain.structures import DataSample
from torch import nn

from comnet.datasets.cam_file import CAMFile
from comnet.hooks import CAMHook
from comnet.models import CAMExtractor
from comnet.utils import InputError

MEAN, STD = 120.5, 50.0
NECKS = [
    dict(type='InterMatching', alpha=4),
    dict(type='IntraMatching', in_channels=None, num_neighbors=5,
         reduce='mean')]


@pytest.fixture(scope='module')
def model() -> nn.Module:
    return build([dict(type='InterMatching'),
                  dict(type='IntraMatching', in_channels=64)])


def build(neck: list[dict] | None) -> nn.Module:
    torch.manual_seed(0)
    model = MODELS.build(dict(
        type='COMNet',
        data_preprocessor=dict(mean=[MEAN] * 3, std=[STD] * 3, to_rgb=True),
        backbone=dict(
            type='ResNet', depth=18, base_channels=8, stem_channels=8,
            strides=(1, 2, 2, 1), out_indices=(3, )),
        neck=neck,
        head=dict(type='COMNetHead', num_classes=5, in_channels=64)))
    nn.init.normal_(model.head.classifier.weight)
    return model.eval()


def batch() -> dict:
    """Return two images of different size, BGR as they are loaded."""
    generator = torch.Generator().manual_seed(0)
    samples = [
        DataSample(metainfo=dict(img_id=name, img_shape=size)
                   ).set_gt_label(label)
        for name, size, label in (('one', (48, 65), [1, 4]),
                                  ('two', (37, 32), [0]))]
    return dict(
        inputs=[torch.randint(256, (3, *size), generator=generator,
                              dtype=torch.uint8)
                for size in ((48, 65), (37, 32))],
        data_samples=samples)


def run(model: nn.Module, data: dict, work_dir: Path, **settings) -> None:
    hook = HOOKS.build(dict(type='CAMHook', **settings))
    runner = SimpleNamespace(model=model, work_dir=str(work_dir),
                             test_loop=SimpleNamespace(fp16=False))
    hook.before_test(runner)
    with torch.no_grad():
        hook.before_test_iter(runner, 0, data)


@pytest.mark.parametrize('settings', [
    dict(scales=(1.0, 0.5), matching='nothing'),
    dict(scales=(0.5, 1.0), flip=False),
    dict(scales=(1.0, ), matching='partners', necks=NECKS)])
def test_files_hold_what_the_extractor_gives(
        model: nn.Module, tmp_path: Path, settings: dict) -> None:
    data, other = batch(), batch()
    data['partners'] = [dict(
        inputs=other['inputs'][::-1], data_samples=other['data_samples'])]
    data['data_samples'][0].set_metainfo(dict(ori_shape=(97, 130)))
    run(model, data, tmp_path, **settings)
    extractor = CAMExtractor(model, **settings)
    for image, partner, sample, size, labels in zip(
            data['inputs'], other['inputs'][::-1], data['data_samples'],
            ((97, 130), (37, 32)), ([1, 4], [0]), strict=True):
        path = tmp_path / 'cams' / f'{sample.img_id}.npz'
        assert sample.cam_path == str(path)
        file = CAMFile.load(path)
        cams = extractor(
            image, labels,
            [partner] if extractor.matching == 'partners' else (), size)
        assert file.keys.tolist() == labels
        assert file.size == size
        # files are in half precision
        assert np.array_equal(file.cam, cams.cam.astype(np.float16))
        assert np.array_equal(file.scores, cams.scores)
        assert np.array_equal(sample.pred_score, cams.scores)
        assert (file.common is None) == (extractor.matching == 'nothing')
        assert np.array_equal(file.common, cams.common)
        assert 'group_size' not in sample  # the test loop's own


def test_model_of_several_processes_is_unwrapped(
        model: nn.Module, tmp_path: Path) -> None:
    wrapped = nn.DataParallel(model)
    for name, each in (('one', model), ('several', wrapped)):
        run(each, batch(), tmp_path / name, scales=(1.0, ))
    for path in (tmp_path / 'one/cams').iterdir():
        assert path.read_bytes() == (
            tmp_path / 'several/cams' / path.name).read_bytes()


def test_partners_take_a_data_set_of_groups(
        model: nn.Module, tmp_path: Path) -> None:
    with pytest.raises(InputError, match='PairedVOCDataset'):
        run(model, batch(), tmp_path, matching='partners')


@pytest.mark.parametrize('settings, message', [
    (dict(matching='twin'), "matching is 'twin'"),
    (dict(necks=[dict(type='IntraMatching', in_channels=64)]),
     'in_channels=None')])
def test_mistakes_are_told_before_a_training(
        settings: dict, message: str) -> None:
    with pytest.raises(InputError, match=message):
        CAMHook(**settings)


def test_model_without_maps_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match='the model Linear has no method'):
        run(nn.Linear(1, 1), batch(), tmp_path)


def test_image_that_is_too_small_is_named(
        model: nn.Module, tmp_path: Path) -> None:
    data = batch()
    data['inputs'][1] = data['inputs'][1][:, :2, :2]
    data['data_samples'][1].set_metainfo(dict(
        img_path='two.jpg', ori_shape=(2, 2)))
    broken = build(None)
    broken.backbone.conv1.padding = (0, 0)  # nothing is left of two pixels
    with pytest.raises(InputError, match='two.jpg: 2 x 2 pixels are too few'):
        run(broken, data, tmp_path)


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
    scores = [sample.pred_score for sample in data['data_samples']]
    handle = model.backbone.register_forward_hook(
        lambda *_: pytest.fail('the network sees an image again'))
    predicted = model.test_step(data)
    handle.remove()
    assert [Path(sample.cam_path).stem for sample in predicted] == [
        'one', 'two']
    for sample, score in zip(predicted, scores, strict=True):
        assert torch.equal(sample.pred_score, score)
