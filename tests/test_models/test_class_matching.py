# Copyright (c) COMNet contributors. All rights reserved.
"""Class-wide matching against features that are scaled a class at a time."""

from pathlib import Path

import numpy as np
import pytest
import torch
from mmengine.registry import MODELS as ROOT
from mmpretrain.registry import MODELS
from torch import Tensor, nn
from torch.nn import functional as F

from comnet.datasets.directions_file import DirectionsFile
from comnet.models import CAMExtractor
from comnet.utils import InputError

ALPHA, CLASSES, CHANNELS = 5, 4, 64
MEAN = dict(type='IntraMatching', in_channels=None, num_neighbors=6,
            reduce='mean', keep_scale=False)


@pytest.fixture(scope='module')
def model() -> nn.Module:
    torch.manual_seed(0)
    model = MODELS.build(dict(
        type='COMNet',
        data_preprocessor=dict(mean=[120] * 3, std=[50] * 3, to_rgb=True),
        backbone=dict(
            type='ResNet', depth=18, base_channels=8, stem_channels=8,
            strides=(1, 2, 2, 1), out_indices=(3, )),
        head=dict(type='COMNetHead', num_classes=CLASSES,
                  in_channels=CHANNELS)))
    nn.init.normal_(model.head.classifier.weight)
    return model.eval()


def image() -> Tensor:
    return torch.randint(256, (3, 80, 96), dtype=torch.uint8,
                         generator=torch.Generator().manual_seed(0))


@pytest.fixture(scope='module')
def features(model: nn.Module) -> Tensor:
    """Return the features of the image, (c, h, w)."""
    with torch.no_grad():
        normal = (image().flip(0).float() - 120) / 50
        return model.extract_feat(normal[None], stage='backbone')[-1][0]


@pytest.fixture(scope='module')
def file(features: Tensor, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write directions that divide the image's positions, by class."""
    folder = tmp_path_factory.mktemp('directions')
    generator = np.random.default_rng(0)
    a = generator.normal(size=(CLASSES, CHANNELS))
    unit = F.normalize(features, dim=0).flatten(1).numpy()
    b = np.median(a @ unit, axis=1)
    b[3] = 99  # nothing of the last class
    DirectionsFile(a, b, [*'abcd']).save(folder)
    return folder / 'directions.npz'


def literal(model: nn.Module, feat: Tensor, file: Path, class_id: int,
            neighbors: int) -> Tensor:
    """Scale the features, average them and classify, (h, w)."""
    found = DirectionsFile.load(file)
    points = feat.flatten(1).T  # (n, c)
    unit = F.normalize(points, dim=1)
    above = unit @ torch.from_numpy(found.a[class_id]) > found.b[class_id]
    scaled = points * torch.where(above, ALPHA, 1)[:, None]
    if neighbors:
        score = (unit @ unit.T).fill_diagonal_(-2)
        scaled = scaled[score.topk(neighbors).indices].mean(1)
    weight = model.head.classifier.weight[class_id, :, 0, 0]
    return (scaled @ weight).reshape(feat.shape[1:]).detach()


@pytest.mark.parametrize('neighbors', [0, 6])
def test_is_that_of_features_scaled_for_each_class(
        model: nn.Module, features: Tensor, file: Path,
        neighbors: int) -> None:
    necks = [dict(type='ClassMatching', alpha=ALPHA, directions=file)]
    extractor = CAMExtractor(model, scales=(1.0, ), flip=False,
                             necks=necks + [MEAN] * bool(neighbors))
    cams = extractor(image(), range(CLASSES), size=(96, 96))
    expected = torch.stack([
        literal(model, features, file, index, neighbors).relu()
        for index in range(CLASSES)])
    expected = F.interpolate(expected[None], (24, 24), mode='bilinear')[0]
    expected /= expected.amax((1, 2), keepdim=True) + 1e-5
    torch.testing.assert_close(
        torch.from_numpy(cams.cam), expected, atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize('labels', [[0], [1, 2], [3], []])
def test_what_is_common_is_that_of_the_labels(
        model: nn.Module, features: Tensor, file: Path,
        labels: list[int]) -> None:
    extractor = CAMExtractor(model, scales=(1.0, ), flip=False, necks=[
        dict(type='ClassMatching', directions=file.parent)])
    common = extractor(image(), labels).common
    if not labels:
        assert common is None
        return
    found = DirectionsFile.load(file)
    unit = F.normalize(features, dim=0).numpy()
    above = (np.einsum('kc,chw->khw', found.a, unit)
             > found.b[:, None, None])[labels].any(0)
    assert np.array_equal(common, above)


def test_works_beside_partners(model: nn.Module, file: Path) -> None:
    necks = [dict(type='ClassMatching', directions=file), MEAN]
    alone, beside = (
        CAMExtractor(model, (1.0, ), matching='partners', necks=necks)(
            image(), [0], partners) for partners in ((), [image().flip(1)]))
    np.testing.assert_allclose(alone.cam, beside.cam, atol=1e-4)


def test_padding_is_not_strengthened(file: Path) -> None:
    module = ROOT.build(dict(type='mmpretrain.ClassMatching',
                             directions=file))
    module.b.fill_(-1)
    feat = torch.rand(1, CHANNELS, 2, 3)
    feat[..., 2] = 0
    scores = torch.ones(1, CLASSES, 2, 3)
    found = module(scores, feat)
    assert (found[..., 2] == 1).all()
    assert (found[..., :2] > 1).any()


def test_directions_are_needed_only_to_compute(model: nn.Module) -> None:
    module = MODELS.build(dict(type='ClassMatching'))  # as a training does
    with pytest.raises(InputError, match='ClassMatching: no directions'):
        CAMExtractor(model, necks=[module])


@pytest.mark.parametrize('behind', [
    dict(type='InterMatching'),
    dict(MEAN, reduce='max'), dict(MEAN, keep_scale=True)])
def test_what_is_not_linear_cannot_follow(
        model: nn.Module, file: Path, behind: dict) -> None:
    with pytest.raises(InputError, match='stands behind ClassMatching'):
        CAMExtractor(model, necks=[
            dict(type='ClassMatching', directions=file), behind])


@pytest.mark.parametrize('shape, reason', [
    ((CLASSES, 7), 'directions of 7 channels'),
    ((2, CHANNELS), 'directions of 2 classes')])
def test_directions_of_another_network(
        model: nn.Module, tmp_path: Path, shape: tuple[int, int],
        reason: str) -> None:
    DirectionsFile(np.ones(shape), np.ones(shape[0]),
                   ['x'] * shape[0]).save(tmp_path)
    extractor = CAMExtractor(model, (1.0, ), necks=[
        dict(type='ClassMatching', directions=tmp_path)])
    with pytest.raises(InputError, match=reason):
        extractor(image(), [0])


def test_neck_of_a_model_is_refused(file: Path) -> None:
    module = MODELS.build(dict(type='ClassMatching', directions=file))
    with pytest.raises(InputError, match='not in model.neck'):
        module((torch.ones(1, CHANNELS, 2, 2), ))


def test_bad_settings(tmp_path: Path) -> None:
    build = MODELS.build
    with pytest.raises(InputError, match='alpha is 1'):
        build(dict(type='ClassMatching', alpha=1))
    with pytest.raises(InputError, match='no such file of directions'):
        build(dict(type='ClassMatching', directions=tmp_path))
    (tmp_path / 'directions.npz').write_bytes(b'not a file')
    with pytest.raises(InputError, match='not a file of directions'):
        build(dict(type='ClassMatching', directions=tmp_path))
