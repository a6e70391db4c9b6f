# Copyright (c) COMNet contributors. All rights reserved.
"""Class activation maps (CAM, Sec. 2) over scales and flips, as IRN's."""

from collections.abc import Callable, Sequence

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional as F

from ..utils.constants import CAM_EPS

CAM_STRIDE = 4


@torch.inference_mode()
def multi_scale_cam(score_maps: Callable[[Float[Tensor, 'b 3 h w']],
                                         Float[Tensor, 'b all h2 w2']],
                    image: Float[Tensor, '3 h w'],
                    class_ids: Sequence[int], scales: Sequence[float],
                    flip: bool, size: tuple[int, int] | None = None,
                    patch: int = 1
                    ) -> tuple[Float[Tensor, 'classes h4 w4'],
                               Float[Tensor, ' all']]:
    """Sum the maps of an image over scales and flips and normalise them.

    Args:
        score_maps: Maps images (B, 3, H, W) to the scores of all classes at
            each position, (B, C, h, w).
        image: One normalised image, shape (3, H, W).
        class_ids: The K classes of the image.
        scales: Factors of the image's size.
        flip: Whether to add the mirrored image.
        size: Height and width of the picture that was resized to be the
            image, by default (H, W).
        patch: Height and width of what each position is of, in pixels, where
            images are cut into patches. The last ones may reach beyond it.

    Returns:
        The maps of the K classes in [0, 1], at stride 4 of the picture, shape
        (K, ceil(H / 4), ceil(W / 4)) of its size, and the mean scores of all
        classes at the first scale, shape (C,).
    """
    height, width = image.shape[1:]
    small = cam_size(*(size or (height, width)))
    total = image.new_zeros(len(class_ids), *small)
    shown = torch.tensor(class_ids, dtype=torch.int64).to(
        image.device, non_blocking=True)  # (K,)
    scores = []  # (C,) a scale
    for scale in scales:
        scaled = image[None]  # (1, 3, H, W)
        if scale != 1:
            scaled = resize_images(scaled, [
                max(1, round(side * scale)) for side in (height, width)])
        if flip:
            scaled = torch.cat([scaled, scaled.flip(3)])  # (2, 3, H', W')
        maps = score_maps(scaled).float()  # (1 or 2, C, h, w)
        scores.append(maps.mean(dim=(0, 2, 3)))
        maps = maps[:, shown].relu()  # (1 or 2, K, h, w)
        if any(side % patch for side in scaled.shape[2:]):
            maps = _cut_patches(maps, patch, scaled.shape[2:], small)
        if flip:
            maps = maps[:1] + maps[1:].flip(3)
        total += resize_cam(maps[0], small)
    return normalize_cam(total), scores[0]


def cam_size(height: int, width: int) -> tuple[int, int]:
    """Return height and width of a picture's maps, in pixels at stride 4."""
    return ((height + CAM_STRIDE - 1) // CAM_STRIDE,
            (width + CAM_STRIDE - 1) // CAM_STRIDE)


def resize_images(images: Float[Tensor, 'b 3 h w'],
                  size: Sequence[int]) -> Float[Tensor, 'b 3 h2 w2']:
    """Resize images (B, 3, H, W) to ``size``, height and width in pixels.

    As a network sees them at CAM time.
    """
    return F.interpolate(images, size=size, mode='bilinear', antialias=True)


def resize_cam(cam: Float[Tensor, 'classes h w'],
               size: tuple[int, int]) -> Float[Tensor, 'classes h2 w2']:
    """Resize maps (K, h, w) bilinearly to ``size``, height and width."""
    if not len(cam):
        return cam.new_zeros(0, *size)
    return F.interpolate(
        cam[None], size=size, mode='bilinear', align_corners=False)[0]


def _cut_patches(maps: Float[Tensor, 'b classes h w'], patch: int,
                 seen: Sequence[int], size: tuple[int, int]
                 ) -> Float[Tensor, 'b classes h2 w2']:
    """Resize maps of patches and take off what is beyond an image.

    Args:
        maps: Shape (B, K, h, w).
        patch: Height and width of a patch, in pixels.
        seen: Height and width of the image that was cut into patches.
        size: Those that the image gets.
    """
    if not maps.shape[1]:
        return maps.new_zeros(*maps.shape[:2], *size)
    # no less than size behind the rounding down of a whole number
    factors = [small * patch / side * (1 + 1e-9)
               for small, side in zip(size, seen, strict=True)]
    return F.interpolate(
        maps, scale_factor=factors, mode='bilinear', align_corners=False,
        recompute_scale_factor=False)[..., :size[0], :size[1]]


def normalize_cam(cam: Float[Tensor, 'classes h w']
                  ) -> Float[Tensor, 'classes h w']:
    """Divide each map (K, h, w) by its maximum + 1e-5."""
    return cam / (cam.amax(dim=(1, 2), keepdim=True) + CAM_EPS)
