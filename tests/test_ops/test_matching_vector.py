# Copyright (c) COMNet contributors. All rights reserved.
"""M* against the eigenvectors of the matrix that it is computed without."""

from itertools import islice
from pathlib import Path

import cv2
import pytest
import torch
from mmpretrain.registry import MODELS
from torch import Tensor
from torch.nn import functional as F

from comnet.datasets.image_labels import read_labels
from comnet.datasets.voc_folder import load_image, read_classes, read_split
from comnet.ops import matching_vector


def eigenvector(features: Tensor) -> Tensor:
    """Solve Eq. 4 for the features (n, c) of a group by forming D̂."""
    points = F.normalize(features.double(), dim=1)  # (n, c)
    matrix = points @ points.T - 1  # XᵀX − 11ᵀ, (n, n)
    return torch.linalg.eigh(matrix).eigenvectors[:, -1]  # (n,)


def assert_same(result: Tensor, expected: Tensor) -> None:
    """Compare unit vectors (n,) up to the sign of the whole."""
    cosine = result.double() @ expected
    assert cosine.abs() >= 0.9999
    same = result.sign() * cosine.sign() == expected.sign()
    assert same.double().mean() >= 0.999


def clustered(num_points: int, channels: int, seed: int) -> Tensor:
    """Draw two clusters of unequal size amid spread points, (n, c)."""
    generator = torch.Generator().manual_seed(seed)
    centres = 3 * torch.randn(3, channels, generator=generator)
    centres[2] = 0
    member = torch.multinomial(
        torch.tensor([0.2, 0.5, 0.3]), num_points, True, generator=generator)
    noise = torch.randn(num_points, channels, generator=generator)
    return centres[member] + noise


@pytest.fixture(scope='module')
def photo_features(kit: Path) -> Tensor:
    """Features of pairs of photographs, one pair a class.

    Shape (14, 2 · 13 · 13, 512).
    """
    backbone = MODELS.build(dict(
        type='TorchvisionBackbone',
        arch='squeezenet1_1',
        init_cfg=dict(
            type='Pretrained',
            checkpoint=f'{kit}/weights/squeezenet1_1_imagenet.pth')))
    backbone.init_weights()
    images = torch.stack([_photo(path) for path in _pairs(kit, 14)])
    with torch.no_grad():
        feat = backbone(images)[0]  # (28, 512, h, w)
    return feat.flatten(2).transpose(1, 2).reshape(14, -1, 512)


def _pairs(kit: Path, number: int) -> list[Path]:
    """Return images, every two adjacent ones of a class of their own."""
    root = kit / 'data/MSRC14'
    classes = read_classes(root)
    shown: dict[int, list[str]] = {}
    ids = read_split(root, 'ImageSets/Segmentation/train.txt')
    for image_id, labels in zip(ids, read_labels(root, ids, classes),
                                strict=True):
        shown.setdefault(labels[0], []).append(image_id)
    pairs = (ids[:2] for ids in shown.values() if len(ids) > 1)
    return [root / f'JPEGImages/{image_id}.jpg'
            for pair in islice(pairs, number) for image_id in pair]


def _photo(path: Path) -> Tensor:
    """Load a photograph as these weights expect it, (3, 224, 224)."""
    bgr = cv2.resize(load_image(path)[..., ::-1], (224, 224))
    mean = torch.tensor([103.939, 116.779, 123.68])
    return (torch.from_numpy(bgr).float() - mean).permute(2, 0, 1)


@pytest.mark.parametrize('num_points, channels', [(60, 200), (300, 16)])
def test_equals_the_eigenvector_on_random_features(
        num_points: int, channels: int) -> None:
    generator = torch.Generator().manual_seed(num_points)
    features = torch.randn(2, num_points, channels, generator=generator)
    for result, group in zip(
            matching_vector(features), features, strict=True):
        assert_same(result, eigenvector(group))


def test_equals_the_eigenvector_on_clustered_features() -> None:
    features = torch.stack([clustered(400, 64, seed) for seed in range(3)])
    for result, group in zip(
            matching_vector(features), features, strict=True):
        assert_same(result, eigenvector(group))


def test_equals_the_eigenvector_on_photographs(
        photo_features: Tensor) -> None:
    for result, group in zip(
            matching_vector(photo_features), photo_features, strict=True):
        assert_same(result, eigenvector(group))


def test_is_not_the_vector_of_the_largest_magnitude() -> None:
    """D̂'s most negative eigenvalue, near 11ᵀ, is the larger one."""
    features = clustered(400, 64, seed=0)
    points = F.normalize(features.double(), dim=1)
    values = torch.linalg.eigvalsh(points @ points.T - 1)
    assert -values[0] > values[-1]
    assert_same(matching_vector(features[None])[0], eigenvector(features))


def test_has_unit_norm_and_is_always_the_same() -> None:
    features = torch.stack([clustered(200, 32, seed) for seed in range(2)])
    result = matching_vector(features)
    assert result.shape == (2, 200)
    assert result.dtype == torch.float32
    torch.testing.assert_close(result.norm(dim=1), torch.ones(2))
    torch.manual_seed(1)  # the global generator plays no part
    assert torch.equal(matching_vector(features), result)


def test_length_of_the_features_plays_no_part() -> None:
    features = clustered(200, 32, seed=0)[None]
    scaled = features * torch.linspace(0.1, 9, 200)[:, None]
    assert_same(matching_vector(scaled)[0], eigenvector(features[0]))


def test_padding_takes_no_part() -> None:
    features = torch.stack([clustered(200, 32, seed) for seed in range(2)])
    real = torch.rand(200, generator=torch.Generator().manual_seed(0)) > 0.3
    result = matching_vector(features * real[:, None])
    assert (result[:, ~real] == 0).all()
    for vector, group in zip(result[:, real], features[:, real], strict=True):
        assert_same(vector, eigenvector(group))


def test_masked_positions_are_padding_whatever_they_hold() -> None:
    features = torch.stack([clustered(200, 32, seed) for seed in range(2)])
    valid = torch.rand(
        2, 200, generator=torch.Generator().manual_seed(0)) > 0.3
    result = matching_vector(features, valid)
    zeroed = matching_vector(features * valid.unsqueeze(2))
    torch.testing.assert_close(result, zeroed)
    assert (result[~valid] == 0).all() and (result[valid] != 0).all()


def test_groups_do_not_influence_each_other() -> None:
    features = torch.stack([clustered(150, 32, seed) for seed in range(2)])
    together = matching_vector(features)
    for vector, group in zip(together, features, strict=True):
        alone = matching_vector(group[None])[0]
        assert_same(vector, alone.double())


@pytest.mark.parametrize('value', [torch.nan, torch.inf])
def test_not_finite_features_are_refused(value: float) -> None:
    features = torch.randn(1, 20, 8)
    features[0, 3, 2] = value
    with pytest.raises(ValueError, match='hold NaN'):
        matching_vector(features)


@pytest.mark.usefixtures('shapes_unchecked')
def test_features_of_another_shape_are_refused() -> None:
    with pytest.raises(ValueError, match=r'\(B, n, c\)'):
        matching_vector(torch.randn(20, 8))


@pytest.mark.usefixtures('shapes_unchecked')
def test_mask_of_another_shape_is_refused() -> None:
    with pytest.raises(ValueError, match='valid has shape'):
        matching_vector(torch.randn(2, 20, 8), torch.ones(20).bool())


@pytest.mark.parametrize('features', [
    torch.zeros(2, 30, 8),  # nothing but padding
    torch.ones(2, 30, 8),  # D̂ is zero
    torch.ones(2, 1, 8),
])
def test_nothing_to_tell_apart_gives_zero(features: Tensor) -> None:
    assert (matching_vector(features) == 0).all()


def test_largest_eigenvalue_of_several_vectors() -> None:
    """Four directions of ten points: the eigenvalue 10 is there thrice."""
    points = torch.eye(4, 8).repeat(10, 1)  # (40, 8)
    vector = matching_vector(points[None])[0]
    matrix = points @ points.T - 1
    torch.testing.assert_close(matrix @ vector, 10 * vector)
    torch.testing.assert_close(vector.norm(), torch.tensor(1.0))


def test_too_few_steps_warn() -> None:
    features = torch.randn(
        1, 400, 300, generator=torch.Generator().manual_seed(0))
    with pytest.warns(UserWarning, match='not converged in 8 steps'):
        result = matching_vector(features, max_steps=8)
    torch.testing.assert_close(result.norm(), torch.tensor(1.0))


@pytest.mark.parametrize('dtype', [torch.float16, torch.bfloat16])
def test_half_precision_is_computed_in_single(dtype: torch.dtype) -> None:
    features = clustered(200, 32, seed=0)[None].to(dtype)
    with torch.autocast('cpu', torch.bfloat16):
        result = matching_vector(features)
    assert result.dtype == torch.float32
    assert torch.equal(result, matching_vector(features.float()))


def test_reduced_precision_outside_plays_no_part() -> None:
    features = clustered(500, 64, seed=0)[None]
    expected = matching_vector(features)
    before = torch.get_float32_matmul_precision()
    torch.set_float32_matmul_precision('medium')
    try:
        assert torch.equal(matching_vector(features), expected)
        assert torch.get_float32_matmul_precision() == 'medium'
    finally:
        torch.set_float32_matmul_precision(before)


def test_masked_nan_is_padding() -> None:
    features = clustered(100, 16, seed=0)[None]
    valid = torch.arange(100)[None] < 80
    features[:, 90] = torch.nan
    assert_same(matching_vector(features, valid)[0, :80],
                eigenvector(features[0, :80]))


def test_no_points_and_no_steps() -> None:
    assert matching_vector(torch.zeros(2, 0, 8)).shape == (2, 0)
    with pytest.raises(ValueError, match='max_steps is 0'):
        matching_vector(torch.ones(1, 5, 8), max_steps=0)
