# Copyright (c) COMNet contributors. All rights reserved.
"""Class activation maps against the formulas written out."""

from inspect import signature

import numpy as np
import pytest
import torch
from mmengine.model import BaseModel
from mmpretrain.registry import MODELS
from mmpretrain.structures import DataSample
from torch import Tensor, nn
from torch.nn import functional as F

from comnet.models import CAMExtractor
from comnet.utils import InputError

MEAN, STD = 120.5, 50.0
OWN = [dict(type='InterMatching'),
       dict(type='IntraMatching', in_channels=64)]
NECKS = [
    dict(type='InterMatching', alpha=4),
    dict(type='IntraMatching', in_channels=None, num_neighbors=5,
         reduce='mean')]


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


@pytest.fixture(scope='module')
def model() -> nn.Module:
    return build(OWN)


def images(number: int, size: tuple[int, int] = (48, 65)) -> Tensor:
    """Return images as they are loaded, BGR, (number, 3, H, W)."""
    return torch.randint(256, (number, 3, *size), dtype=torch.uint8,
                         generator=torch.Generator().manual_seed(0))


def normal(image: Tensor) -> Tensor:
    """Return what the network sees of images (…, 3, H, W), RGB."""
    return (image.flip(-3).float() - MEAN) / STD


def grouped(number: int, group_size: int | None) -> list[DataSample]:
    meta = dict(group_size=group_size) if group_size else {}
    return [DataSample(metainfo=meta) for _ in range(number)]


def resized(image: Tensor, size: tuple[int, int],
            antialias: bool = False) -> Tensor:
    return F.interpolate(image, size=size, mode='bilinear',
                         antialias=antialias)


def divided(cam: Tensor) -> Tensor:
    return cam / (cam.amax((1, 2), keepdim=True) + 1e-5)


@torch.no_grad()
def summed(model: nn.Module, image: Tensor, labels: list[int],
           group_size: int | None) -> Tensor:
    """Return the maps of two scales and their mirror images, (K, 12, 17)."""
    total = torch.zeros(len(labels), 12, 17)
    for size in ((48, 65), (24, 32)):  # half of 65 is rounded to 32
        scaled = normal(image)[None]
        if size != (48, 65):
            scaled = resized(scaled, size, antialias=True)
        maps, mirrored = (
            model.score_maps(each, grouped(1, group_size))[0, labels].relu()
            for each in (scaled, scaled.flip(3)))
        total += resized((maps + mirrored.flip(2))[None], (12, 17))[0]
    return divided(total)


@pytest.mark.parametrize('matching, group_size', [
    ('nothing', None), ('self', 1), ('partners', 1)])
def test_maps_are_summed_over_scales_and_flips(
        model: nn.Module, matching: str, group_size: int | None) -> None:
    image, labels = images(1)[0], [1, 4]
    cams = CAMExtractor(model, scales=(1.0, 0.5), matching=matching)(
        image, labels)
    assert cams.keys.tolist() == labels and cams.size == (48, 65)
    torch.testing.assert_close(torch.from_numpy(cams.cam), summed(
        model, image, labels, group_size), atol=1e-5, rtol=1e-4)
    with torch.no_grad():
        views = torch.stack([normal(image), normal(image).flip(2)])
        scores = model.score_maps(views, grouped(2, group_size))
    np.testing.assert_allclose(
        cams.scores, scores.mean((0, 2, 3)).sigmoid(), rtol=1e-5)


def test_maps_are_of_the_size_before_the_pipeline(model: nn.Module) -> None:
    cams = CAMExtractor(model, scales=(1.0, ))(
        images(1)[0], [0, 3], size=(97, 130))
    assert cams.size == (97, 130)
    assert cams.cam.shape == (2, 25, 33)


def test_no_label_is_no_map(model: nn.Module) -> None:
    extractor = CAMExtractor(model, scales=(1.0, ))
    none, some = (extractor(images(1)[0], keys) for keys in ([], [2]))
    assert none.cam.shape == (0, 12, 17)
    assert none.keys.dtype == np.int64
    assert np.array_equal(none.scores, some.scores)


def test_partners_match_each_view(model: nn.Module) -> None:
    image, partner = images(1)[0], images(1, (37, 32))
    cams = CAMExtractor(model, scales=(1.0, ), matching='partners')(
        image, [1, 4], [partner[0]])
    other = resized(normal(partner), (48, 65), antialias=True)[0]
    with torch.no_grad():
        maps, mirrored = (
            model.score_maps(torch.stack([view, other]), grouped(2, 2))[
                0, [1, 4]].relu()
            for view in (normal(image), normal(image).flip(2)))
    expected = divided(resized((maps + mirrored.flip(2))[None], (12, 17))[0])
    torch.testing.assert_close(
        torch.from_numpy(cams.cam), expected, atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize('size', [1, 2])
def test_what_co_occurs(model: nn.Module, size: int) -> None:
    group = images(size)
    cams = CAMExtractor(model, scales=(1.0, 0.5), matching='partners')(
        group[0], [0], list(group[1:]))
    with torch.no_grad():
        feat = model.extract_feat(normal(group), stage='backbone')[-1]
        after, = model.neck[0]((feat, ), size)
    expected = (after != feat)[0].any(0)  # (h, w)
    assert 0 < expected.sum() < expected.numel()
    assert np.array_equal(cams.common, expected)


@pytest.mark.parametrize('neck, matching', [
    (OWN, 'nothing'), (None, 'self'), (OWN[1:], 'self')])
def test_nothing_co_occurs_without_inter_matching(
        neck: list | None, matching: str) -> None:
    extractor = CAMExtractor(build(neck), (1.0, ), matching=matching)
    assert extractor(images(1)[0], [0]).common is None
    assert extractor.matches(images(1)[0], [0]).strength is None


def test_matches_are_those_at_the_images_own_scale(model: nn.Module) -> None:
    group = images(2)
    found = CAMExtractor(model, scales=(0.5, ), matching='partners').matches(
        group[0], [0], [group[1]])
    with torch.no_grad():
        feats = model.extract_feat(normal(group), stage='backbone')
        feat = feats[-1]
        length = feat.norm(dim=1)  # (2, h, w)
        unit = F.normalize(
            feat.permute(0, 2, 3, 1).flatten(0, 2).double(), dim=1)
        own = F.normalize(model.neck[0](feats, 2)[-1][0].flatten(1).T, dim=1)
    vector = torch.linalg.eigh(unit @ unit.T - 1).eigenvectors[:, -1]
    strength = found.strength.flatten().double()
    assert abs(float(vector @ strength)) / strength.norm() == pytest.approx(
        1, abs=1e-3)
    assert length[found.strength[:, 0] > 0].mean() > length.mean()
    similar = (own @ own.T).fill_diagonal_(-2)  # (h w, h w)
    near = found.neighbors[0].flatten(0, 1)
    assert found.neighbors.shape[1:3] == feat.shape[2:]
    torch.testing.assert_close(
        similar.gather(1, near).sort(1).values,
        similar.topk(near.shape[1]).values.sort(1).values)


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
def test_plain_classifier_is_matched_at_cam_time_alone(size: int) -> None:
    model, group = build(None), images(size)
    settings = dict(scales=(1.0, ), flip=False)
    result = CAMExtractor(model, **settings, matching='partners', necks=NECKS)(
        group[0], [1, 4], list(group[1:])).cam
    with torch.no_grad():
        maps = literal_maps(model, normal(group), size)[:1, [1, 4]].relu()
    torch.testing.assert_close(
        torch.from_numpy(result), divided(resized(maps, (12, 17))[0]),
        atol=1e-4, rtol=1e-3)
    plain = CAMExtractor(model, **settings)(group[0], [1, 4]).cam
    assert abs(result - plain).max() > 0.05


def test_necks_take_the_place_of_the_models_own(model: nn.Module) -> None:
    plain = build(None)
    plain.load_state_dict(model.state_dict(), strict=False)
    own, none = (
        CAMExtractor(each, (1.0, ), necks=NECKS)(images(1)[0], [0, 1])
        for each in (model, plain))
    assert np.array_equal(own.cam, none.cam)
    assert np.array_equal(own.common, none.common)


def test_built_necks_are_taken_as_they_are(model: nn.Module) -> None:
    maps = [
        CAMExtractor(model, (1.0, ), necks=necks)(images(1)[0], [0]).cam
        for necks in (None, model.neck_modules())]
    assert np.array_equal(*maps)


def at_stride_4(images: Tensor) -> Tensor:
    """Make images smaller, the same way from left and from right."""
    height, width = images.shape[-2:]
    return F.adaptive_avg_pool2d(images, (-(-height // 4), -(-width // 4)))


class Brightness(BaseModel):
    """A classifier with a map of each channel, which notes the groups."""

    def __init__(self) -> None:
        super().__init__(MODELS.build(dict(type='ClsDataPreprocessor')))
        self.seen: list[DataSample] = []

    def forward(self) -> None:
        """Nothing but the maps is asked for."""

    def score_maps(self, images: Tensor, data_samples: list) -> Tensor:
        assert len(images) == len(data_samples)
        self.seen += data_samples
        return at_stride_4(images) - 60


@pytest.mark.parametrize('matching, group_size', [
    ('nothing', None), ('self', 1), ('partners', 3)])
def test_any_classifier_with_maps_will_do(
        matching: str, group_size: int | None) -> None:
    model = Brightness().eval()
    image, *others = images(group_size or 1)
    cams = CAMExtractor(model, scales=(1.0, ), matching=matching)(
        image, [2], others)
    expected = (at_stride_4(image[2:].float()) - 60).relu()
    torch.testing.assert_close(torch.from_numpy(cams.cam), divided(expected))
    # the image and its mirror image, each with its group
    assert [sample.get('group_size') for sample in model.seen] == [
        group_size] * 2 * (group_size or 1)
    for sample in model.seen[::group_size or 1]:
        assert sample.gt_label.tolist() == [2]


def test_model_without_maps_is_refused() -> None:
    with pytest.raises(InputError, match='the model Linear has no method'):
        CAMExtractor(nn.Linear(1, 1))


def test_model_that_takes_no_necks_is_refused() -> None:
    with pytest.raises(InputError, match='Brightness takes no necks'):
        CAMExtractor(Brightness(), necks=NECKS)


def test_necks_with_untrained_weights_are_refused() -> None:
    with pytest.raises(InputError, match='in_channels=None'):
        CAMExtractor(build(None), necks=OWN[1:])


def test_unknown_matching_is_refused(model: nn.Module) -> None:
    with pytest.raises(InputError, match="matching is 'twin'"):
        CAMExtractor(model, matching='twin')


def test_partners_that_nobody_is_matched_with(model: nn.Module) -> None:
    with pytest.raises(ValueError, match="partners to match with 'self'"):
        CAMExtractor(model)(images(1)[0], [0], [images(1)[0]])


def test_model_in_training_mode_is_refused() -> None:
    with pytest.raises(ValueError, match='call eval'):
        CAMExtractor(build(None).train())(images(1)[0], [0])


def test_image_that_is_too_small_is_named() -> None:
    broken = build(None)
    broken.backbone.conv1.padding = (0, 0)  # nothing is left of two pixels
    with pytest.raises(InputError, match='two.jpg: 2 x 3 pixels are too few'):
        CAMExtractor(broken)(images(1, (3, 2))[0], [0], name='two.jpg')


def test_scales_of_the_paper_are_the_default() -> None:
    defaults = signature(CAMExtractor).parameters
    assert {*defaults['scales'].default} == {0.5, 1.0, 1.5, 2.0}
    assert defaults['flip'].default
