# Copyright (c) COMNet contributors. All rights reserved.
"""Pixel-adaptive refinement (PAR): maps follow an image's colours."""

from collections.abc import Iterator, Sequence

import torch
import torch.nn.functional as F
from jaxtyping import Float, Float32, Real
from torch import Tensor

EPS = 1e-5  # grey levels that even a flat neighbourhood is taken to vary by


@torch.no_grad()
def pixel_adaptive_refinement(
        image: Real[Tensor, '3 h w'],
        probs: Float[Tensor, 'maps h w'],
        *,
        num_steps: int,
        dilations: Sequence[int],
        color_width: float,
        position_width: float,
        position_weight: float) -> Float32[Tensor, 'maps h w']:
    """Average each pixel over neighbours of like colour, again and again.

    PAR (AFA, Sec. 3.4), which extends PAMR by the position. The neighbours of
    a pixel i are the 8 around it at each dilation, beyond the border those on
    it. With the standard deviation s_c of a channel c over them, a neighbour
    j weighs as much as the softmax over all neighbours of

        -mean_c((I_c(i) - I_c(j)) / (color_width * s_c))^2,

    plus ``position_weight`` times that of -(d / (position_width * s))^2, d
    being the neighbour's distance in pixels and s the standard deviation of
    all neighbours' distances. The weights are divided by their sum: what sums
    to 1 over the classes stays so. They are the same in each step and kept,
    192 bytes a pixel for six dilations; no tensor has classes and neighbours.

    Args:
        image: RGB image of values 0 to 255, any type, (3, H, W).
        probs: Probabilities or scores, on the same device, (C, H, W).
        num_steps: How often pixels are averaged.
        dilations: Distances of the neighbours, in pixels.
        color_width: Width of the term of colours, in standard deviations.
        position_width: Width of the term of positions.
        position_weight: Weight of the term of positions.

    Returns:
        The maps after the last step, float32, (C, H, W).

    Raises:
        ValueError: The shapes do not fit together.
    """
    if image.shape != (3, *probs.shape[1:]) or probs.dim() != 3:
        raise ValueError(
            f'image {tuple(image.shape)} and probs {tuple(probs.shape)} do '
            'not fit together: give (3, H, W) and (C, H, W)')
    offsets = [(dilation * down, dilation * right) for dilation in dilations
               for down in (-1, 0, 1) for right in (-1, 0, 1) if down or right]
    maps = probs.float()
    with torch.autocast(maps.device.type, enabled=False):
        weights = _color_weights(image.float(), offsets, color_width)
        near = _position_weights(offsets, position_width).to(
            maps, non_blocking=True)
        weights += position_weight * near[:, None, None]
        weights /= 1 + position_weight
        for _ in range(num_steps):
            mean = torch.zeros_like(maps)
            for weight, shifted in zip(
                    weights, _shifted(maps, offsets), strict=True):
                mean.addcmul_(weight, shifted)
            maps = mean
    return maps


def _color_weights(image: Tensor, offsets: Sequence[tuple[int, int]],
                   width: float) -> Tensor:
    """Return what each neighbour weighs by its colour, (N, H, W)."""
    total, squares = torch.zeros_like(image), torch.zeros_like(image)
    difference = torch.empty_like(image)
    for shifted in _shifted(image, offsets):
        # from the pixel itself: small numbers, whose squares lose nothing
        torch.sub(shifted, image, out=difference)
        total += difference
        squares.addcmul_(difference, difference)
    number = len(offsets)
    variance = (squares - total**2 / number).clamp_(min=0) / (number - 1)
    factor = (width * (variance.sqrt() + EPS))**-2 / len(image)  # (3, H, W)
    weights = image.new_empty(number, *image.shape[1:])
    for weight, shifted in zip(weights, _shifted(image, offsets), strict=True):
        torch.sub(shifted, image, out=difference)
        torch.sum(difference.square_().mul_(factor), 0, out=weight)
    torch.sub(weights.amin(0), weights, out=weights).exp_()
    return weights.div_(weights.sum(0))


def _position_weights(offsets: Sequence[tuple[int, int]],
                      width: float) -> Tensor:
    """Return what each neighbour weighs by its distance, (N,)."""
    distance = torch.tensor(offsets, dtype=torch.float64).norm(dim=1)
    return (-(distance / (width * distance.std()))**2).softmax(0)


def _shifted(maps: Tensor,
             offsets: Sequence[tuple[int, int]]) -> Iterator[Tensor]:
    """Yield the maps of each neighbour, views of one copy, (C, H, W)."""
    height, width = maps.shape[1:]
    reach = max(max(offset) for offset in offsets)
    padded = F.pad(maps, [reach] * 4, mode='replicate')
    for down, right in offsets:
        yield padded[:, reach + down:reach + down + height,
                     reach + right:reach + right + width]
