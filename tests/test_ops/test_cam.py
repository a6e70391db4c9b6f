# Copyright (c) COMNet contributors. All rights reserved.
"""Maps over scales and flips, on networks simple enough to compute by hand."""

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from comnet.ops import multi_scale_cam, normalize_cam, resize_cam


def random_image(height: int, width: int) -> Tensor:
    generator = torch.Generator().manual_seed(height * width)
    return torch.rand(3, height, width, generator=generator)


def brightness(images: Tensor) -> Tensor:
    """Mean of 8 x 8 cells, a class a colour: (B, 3, h, w)."""
    return F.avg_pool2d(images, 8, ceil_mode=True)


def to_the_right(images: Tensor) -> Tensor:
    """One class whose map grows from left to right whatever is shown."""
    ramp = torch.linspace(0, 1, images.shape[3] // 8)
    return ramp.expand(len(images), 1, images.shape[2] // 8, -1)


@pytest.mark.parametrize('size', [(32, 48), (33, 50), (37, 41)])
def test_shapes(size: tuple[int, int]) -> None:
    cam, scores = multi_scale_cam(
        brightness, random_image(*size), [2, 0], (1.0, 0.5), flip=True)
    assert cam.shape == (2, (size[0] + 3) // 4, (size[1] + 3) // 4)
    assert scores.shape == (3, )


def test_maps_of_a_picture_that_was_resized() -> None:
    cam, scores = multi_scale_cam(
        brightness, random_image(32, 32), [2, 0], (1.0, ), False, (50, 93))
    assert cam.shape == (2, 13, 24)
    other, same = multi_scale_cam(
        brightness, random_image(32, 32), [2, 0], (1.0, ), False, (32, 32))
    torch.testing.assert_close(scores, same)
    assert other.shape == (2, 8, 8)


def test_one_scale_is_interpolation_and_division_by_the_maximum() -> None:
    image = random_image(32, 48)
    result, scores = multi_scale_cam(
        brightness, image, [2, 0], (1.0, ), flip=False)
    maps = brightness(image[None])
    expected = F.interpolate(maps[:, [2, 0]], (8, 12), mode='bilinear')[0]
    for one, other in zip(result, expected, strict=True):
        torch.testing.assert_close(one, other / (other.max() + 1e-5))
    torch.testing.assert_close(scores, maps[0].mean(dim=(1, 2)))


def test_map_is_the_positive_part() -> None:
    image = random_image(32, 48)
    result, scores = multi_scale_cam(
        lambda images: brightness(images) - 0.5, image, [1], (1.0, ), False)
    expected = F.interpolate(
        (brightness(image[None])[:, 1:2] - 0.5).relu(), (8, 12),
        mode='bilinear')[0]
    torch.testing.assert_close(result, normalize_cam(expected))
    torch.testing.assert_close(
        scores, brightness(image[None])[0].mean(dim=(1, 2)) - 0.5)


def test_scales_are_summed_before_the_division() -> None:
    image = random_image(32, 48)
    result, scores = multi_scale_cam(
        brightness, image, [0], (1.0, 2.0), flip=False)
    larger = F.interpolate(image[None], scale_factor=2, mode='bilinear')
    total = sum(
        F.interpolate(brightness(shown)[:, :1], (8, 12), mode='bilinear')[0]
        for shown in (image[None], larger))
    torch.testing.assert_close(result, total / (total.max() + 1e-5))
    torch.testing.assert_close(  # of the first scale
        scores, brightness(image[None])[0].mean(dim=(1, 2)))


def test_network_sees_every_scale_and_its_mirror_image() -> None:
    seen = []

    def record(images: Tensor) -> Tensor:
        seen.append(images)
        return brightness(images)

    multi_scale_cam(
        record, random_image(32, 48), [0], (1.0, 0.5, 1.5), flip=True)
    assert [tuple(images.shape) for images in seen] == [
        (2, 3, 32, 48), (2, 3, 16, 24), (2, 3, 48, 72)]
    for images in seen:
        assert torch.equal(images[1], images[0].flip(2))


def test_map_of_the_mirror_image_is_mirrored_back() -> None:
    image = random_image(32, 48)
    result, _ = multi_scale_cam(to_the_right, image, [0], (1.0, ), True)
    torch.testing.assert_close(result, result.flip(2))
    result, _ = multi_scale_cam(to_the_right, image, [0], (1.0, ), False)
    assert (result[:, :, 0] < result[:, :, -1]).all()


def test_flip_makes_the_mirror_image_mirror_the_result() -> None:
    image = random_image(32, 48)
    maps, _ = multi_scale_cam(brightness, image, [0, 1], (1.0, 0.5), True)
    mirrored, _ = multi_scale_cam(
        brightness, image.flip(2), [0, 1], (1.0, 0.5), True)
    torch.testing.assert_close(maps, mirrored.flip(2))


def test_no_gradient_is_kept() -> None:
    image = random_image(32, 48).requires_grad_()
    cam, _ = multi_scale_cam(brightness, image, [0], (1.0, ), False)
    assert not cam.requires_grad


def test_empty_map_stays_zero() -> None:
    assert torch.equal(
        normalize_cam(torch.zeros(2, 3, 4)), torch.zeros(2, 3, 4))


def test_resize_keeps_a_constant_map() -> None:
    cam = torch.full((2, 3, 4), 0.7)
    torch.testing.assert_close(
        resize_cam(cam, (11, 9)), torch.full((2, 11, 9), 0.7))


@pytest.mark.parametrize('size', [(1, 40), (40, 1), (1, 1)])
def test_picture_of_a_pixel_s_height(size: tuple[int, int]) -> None:
    cam, _ = multi_scale_cam(
        brightness, random_image(*size), [2], (1.0, 0.25), flip=True)
    assert cam.shape == (1, (size[0] + 3) // 4, (size[1] + 3) // 4)


def test_no_class_is_no_map() -> None:
    cam, scores = multi_scale_cam(
        brightness, random_image(32, 48), [], (1.0, 0.5), flip=True)
    assert cam.shape == (0, 8, 12)
    assert scores.shape == (3, )
