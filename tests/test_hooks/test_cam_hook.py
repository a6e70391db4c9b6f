# Copyright (c) COMNet contributors. All rights reserved.
"""Files of class activation maps, written while testing."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from mmengine.model import BaseModel
from mmengine.registry import HOOKS
from mmpretrain.registry import MODELS
from mmpretrain.structures import DataSample
from torch import Tensor, nn
from torch.nn import functional as F

from comnet.datasets.cam_file import CAMFile
from comnet.hooks import CAMHook
from comnet.ops import multi_scale_cam
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


def grouped(number: int, group_size: int | None) -> list[DataSample]:
    meta = dict(group_size=group_size) if group_size else {}
    return [DataSample(metainfo=meta) for _ in range(number)]


def run(model: nn.Module, data: dict, work_dir: Path, **settings) -> None:
    hook = HOOKS.build(dict(type='CAMHook', **settings))
    runner = SimpleNamespace(model=model, work_dir=str(work_dir),
                             test_loop=SimpleNamespace(fp16=False))
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
        path = tmp_path / 'cams' / f'{sample.img_id}.npz'
        assert sample.cam_path == str(path)
        file = CAMFile.load(path)
        assert file.keys.tolist() == keys
        normal = (image.flip(0).float() - MEAN) / STD  # RGB
        with torch.no_grad():
            cam, scores = multi_scale_cam(
                lambda x: model.score_maps(x, grouped(len(x), group_size)),
                normal, keys, (1.0, 0.5), True)
        torch.testing.assert_close(
            torch.from_numpy(file.cam), cam, rtol=1e-3, atol=1e-3)
        torch.testing.assert_close(sample.pred_score, scores.sigmoid())
        assert np.array_equal(file.scores, sample.pred_score)
        assert file.size == tuple(image.shape[1:])
        assert file.full_size().max(axis=(1, 2)).tolist() == pytest.approx(
            [1] * len(keys), abs=1e-3)


def test_maps_are_of_the_size_before_the_pipeline(
        model: nn.Module, tmp_path: Path) -> None:
    data = batch()
    data['data_samples'][0].set_metainfo(dict(ori_shape=(97, 130)))
    run(model, data, tmp_path, scales=(1.0, ))
    file = CAMFile.load(tmp_path / 'cams/one.npz')
    assert file.size == (97, 130)
    assert file.cam.shape == (2, 25, 33)


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
        maps = model.score_maps(normal, grouped(len(normal), 2))
        expected, _ = multi_scale_cam(
            lambda x: maps[::2], normal[0], [1, 4], (1.0, ), True)
    torch.testing.assert_close(
        torch.from_numpy(CAMFile.load(tmp_path / 'cams/one.npz').cam),
        expected, rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize('size', [1, 2])
def test_files_hold_what_co_occurs(
        model: nn.Module, tmp_path: Path, size: int) -> None:
    data = batch()
    data['inputs'] = data['inputs'][:1]
    data['data_samples'] = data['data_samples'][:1]
    other = torch.randint(256, (3, 48, 65), dtype=torch.uint8,
                          generator=torch.Generator().manual_seed(1))
    data['partners'] = [dict(
        inputs=[other], data_samples=batch()['data_samples'][:1])]
    run(model, data, tmp_path, scales=(1.0, 0.5),
        matching='self' if size == 1 else 'partners')
    group = torch.stack([data['inputs'][0], other])[:size]
    with torch.no_grad():
        feat = model.extract_feat(
            (group.flip(1) - MEAN) / STD, stage='backbone')[-1]
    expected = model.neck[0].match(feat, size)[0, 0] > 0
    assert 0 < expected.sum() < expected.numel()
    assert np.array_equal(
        CAMFile.load(tmp_path / 'cams/one.npz').common, expected)
    run(model, data, tmp_path / 'nothing', scales=(1.0, ),
        matching='nothing')
    assert CAMFile.load(tmp_path / 'nothing/cams/one.npz').common is None


def test_partners_take_a_data_set_of_groups(
        model: nn.Module, tmp_path: Path) -> None:
    with pytest.raises(InputError, match='PairedVOCDataset'):
        run(model, batch(), tmp_path, matching='partners')
    with pytest.raises(InputError, match="matching is 'twin'"):
        run(model, batch(), tmp_path, matching='twin')


def literal_maps(model: nn.Module, groups: Tensor, size: int) -> Tensor:
    """Match groups (B, 3, H, W) with NECKS by hand, (B, C, h, w)."""
    feat = model.backbone(groups)[-1]  # (B, c, h, w)
    shape = feat.shape
    points = feat.flatten(2).transpose(1, 2).reshape(
        -1, size * shape[2] * shape[3], shape[1])  # (G, n, c)
    unit = F.normalize(points, dim=2)
    matrix = unit @ unit.transpose(1, 2) - 1
    common = torch.linalg.eigh(matrix).eigenvectors[:, :, -1]  # (G, n)
    length = points.norm(dim=2)
    evidence = length - length.mean(1, keepdim=True)
    common *= (common.sign() * evidence).sum(1, keepdim=True).sign()
    points = points * (1 + 3 * (common > 0))[..., None]  # alpha is 4
    points = points.reshape(shape[0], -1, shape[1])  # (B, h w, c)
    unit = F.normalize(points, dim=2)
    score = unit @ unit.transpose(1, 2)
    score.diagonal(dim1=1, dim2=2).fill_(-torch.inf)
    near = score.topk(5, dim=2).indices  # (B, h w, 5)
    mean = points[torch.arange(len(points))[:, None, None], near].mean(2)
    mean *= (points.mean((1, 2)) / mean.mean((1, 2)))[:, None, None]
    return model.head.classifier(
        mean.transpose(1, 2).reshape(shape))


@pytest.mark.parametrize('size', [1, 3])
def test_plain_classifier_is_matched_at_cam_time_alone(
        tmp_path: Path, size: int) -> None:
    model, data = build(None), batch()
    # one size: a partner is not stretched
    others = torch.randint(256, (2, 3, 48, 65), dtype=torch.uint8,
                           generator=torch.Generator().manual_seed(1))
    data['inputs'] = data['inputs'][:1]
    data['data_samples'] = data['data_samples'][:1]
    data['partners'] = [
        dict(inputs=[other], data_samples=batch()['data_samples'][:1])
        for other in others[:size - 1]]
    run(model, data, tmp_path, scales=(1.0, ), flip=False, necks=NECKS,
        matching='self' if size == 1 else 'partners')
    group = torch.stack([data['inputs'][0], *others])[:size]
    with torch.no_grad():
        maps = literal_maps(model, (group.flip(1) - MEAN) / STD, size)
        expected, _ = multi_scale_cam(
            lambda x: maps[:1], group[0].float(), [1, 4], (1.0, ), False)
    result = torch.from_numpy(CAMFile.load(tmp_path / 'cams/one.npz').cam)
    torch.testing.assert_close(result, expected, rtol=1e-3, atol=1e-3)
    run(model, data, tmp_path / 'plain', scales=(1.0, ), flip=False)
    plain = CAMFile.load(tmp_path / 'plain/cams/one.npz').cam
    assert abs(result.numpy() - plain).max() > 0.05


def test_necks_take_the_place_of_the_models_own(
        model: nn.Module, tmp_path: Path) -> None:
    plain = build(None)
    plain.load_state_dict(model.state_dict(), strict=False)
    for name, each in (('own', model), ('none', plain)):
        run(each, batch(), tmp_path / name, scales=(1.0, ), necks=NECKS)
    for path in (tmp_path / 'own/cams').iterdir():
        assert path.read_bytes() == (
            tmp_path / 'none/cams' / path.name).read_bytes()


def test_necks_with_untrained_weights_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match='in_channels=None'):
        run(build(None), batch(), tmp_path,
            necks=[dict(type='IntraMatching', in_channels=64)])


def at_stride_4(images: Tensor) -> Tensor:
    """Make images smaller, the same way from left and from right."""
    height, width = images.shape[-2:]
    return F.adaptive_avg_pool2d(images, (-(-height // 4), -(-width // 4)))


class Brightness(BaseModel):
    """A classifier with a map of each channel, which notes the groups."""

    def __init__(self) -> None:
        super().__init__(MODELS.build(dict(type='ClsDataPreprocessor')))
        self.group_sizes = []

    def forward(self) -> None:
        """Nothing but the maps is asked for."""

    def score_maps(self, images: Tensor, data_samples: list) -> Tensor:
        assert len(images) == len(data_samples)
        self.group_sizes += [
            sample.get('group_size') for sample in data_samples]
        return at_stride_4(images) - 60


@pytest.mark.parametrize('matching, group_size', [
    ('nothing', None), ('self', 1), ('partners', 3)])
def test_any_classifier_with_maps_will_do(
        tmp_path: Path, matching: str, group_size: int | None) -> None:
    data, model = batch(), Brightness()
    for sample in data['data_samples']:
        sample.set_gt_label([2])
    data['partners'] = [batch(), batch()]
    run(model, data, tmp_path, scales=(1.0, ), matching=matching)
    for image, sample in zip(
            data['inputs'], data['data_samples'], strict=True):
        result = CAMFile.load(sample.cam_path).cam[0]
        expected = (at_stride_4(image[2:].float())[0] - 60).relu()
        expected = expected / expected.max()
        torch.testing.assert_close(
            torch.from_numpy(result), expected, rtol=1e-3, atol=1e-3)
        assert 'group_size' not in sample  # the test loop's own
    # 2 images, mirrored, each of them a group
    assert model.group_sizes == [group_size] * 4 * (group_size or 1)


def test_model_without_maps_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match='CAMHook: the model Linear has no'):
        run(nn.Linear(1, 1), batch(), tmp_path)


def test_model_that_takes_no_necks_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match='Brightness takes no necks'):
        run(Brightness(), batch(), tmp_path, necks=NECKS)


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


def test_scales_of_the_paper_are_the_default() -> None:
    hook = CAMHook()
    assert set(hook.scales) == {0.5, 1.0, 1.5, 2.0}
    assert hook.flip
