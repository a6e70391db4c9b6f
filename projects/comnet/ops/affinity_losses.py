# Copyright (c) COMNet contributors. All rights reserved.
"""Losses that teach class boundaries and displacements by pairs of pixels.

IRN, Sec. 4: labels are known only for confident pixels, and only whether two
of them agree is used: no class boundary may lie between pixels of one label,
one must lie between pixels of different labels; displacements of the pixels
of one object point to the same place.
"""

from typing import NamedTuple

import torch
from jaxtyping import Float, Int64, Integer
from torch import Tensor

from .pixel_paths import (
    Offset,
    offsets_in_map,
    pair_slices,
    path_maximum,
    run_maxima,
)

EPS = 1e-5  # in the logarithms and, against empty sets of pairs, below sums
BACKGROUND, FOREGROUND, DIFFERENT, IGNORED = range(4)  # kinds of pairs


class PairCounts(NamedTuple):
    """Number of pairs by the labels of their two pixels, scalar tensors."""

    background: Tensor  # both 0
    foreground: Tensor  # both of the same class
    different: Tensor  # two labels


class PairSums(NamedTuple):
    """Sums of the loss terms over pairs of pixels, scalar tensors."""

    bg_affinity: Tensor  # -log(affinity) over background pairs
    fg_affinity: Tensor  # -log(affinity) over foreground pairs
    neg_affinity: Tensor  # -log(1 - affinity) over pairs that differ
    # where displacements are learnt:
    fg_displacement: Tensor | None  # |d(p) - d(q) - offset|, foreground pairs
    bg_displacement: Tensor | None  # |d(p) - d(q)|, background pairs


def affinity_losses(sums: PairSums,
                    counts: PairCounts) -> dict[str, Float[Tensor, '']]:
    """Average the loss terms; the sum of the losses is IRN's total.

    Sums and counts are separate so that the counts can be averaged over
    processes first: then several processes learn the same as one.

    Args:
        sums: Of :func:`pair_loss_sums`.
        counts: The number of pairs that each sum stands for.

    Returns:
        ``loss_pos_affinity`` and ``loss_neg_affinity``, where displacements
        are learnt ``loss_fg_displacement`` and ``loss_bg_displacement``, too;
        scalars.
    """
    num_bg, num_fg, num_neg = counts
    positive = (sums.bg_affinity / (num_bg + EPS) + sums.fg_affinity /
                (num_fg + EPS)) / 2
    negative = sums.neg_affinity / (num_neg + EPS)
    losses = dict(
        loss_pos_affinity=positive / 2, loss_neg_affinity=negative / 2)
    if sums.fg_displacement is not None and sums.bg_displacement is not None:
        # A displacement has two components, hence two terms a pair.
        foreground = sums.fg_displacement / (2 * num_fg + EPS)
        background = sums.bg_displacement / (2 * num_bg + EPS)
        losses.update(
            loss_fg_displacement=foreground / 2,
            loss_bg_displacement=background / 2)
    return losses


def pair_loss_sums(boundary: Float[Tensor, 'b h w'],
                   displacement: Float[Tensor, 'b 2 h w'] | None,
                   labels: Integer[Tensor, 'b h w'],
                   radius: int,
                   ignore_index: int = 255) -> tuple[PairSums, PairCounts]:
    """Sum IRN's loss terms over all pairs of pixels within a radius.

    IRN leaves out pairs that start near the borders of the map; here every
    pair counts.

    The affinity of a pair is that of one pixel, the largest boundary on its
    path. So it is enough to count each pixel's pairs of each kind. Likewise
    with displacements: nothing of a pair is kept.

    Args:
        boundary: Probability of a class boundary, (B, h, w).
        displacement: (dy, dx) to the object's centre in pixels of the map,
            (B, 2, h, w), or None.
        labels: Affinity labels, integers, (B, h, w).
        radius: Pairs are closer than this, in pixels of the map.
        ignore_index: Label of pixels that belong to no pair.

    Returns:
        The sums and the numbers of pairs, computed in float32 whatever
        autocast says (float64 for float64 maps).

    Raises:
        ValueError: The shapes do not fit together.
        InputError: No pixel lies within the radius.
    """
    size = labels.shape
    if boundary.shape != size or displacement is not None and (
            displacement.shape != (size[0], 2, *size[1:])):
        shape = None if displacement is None else tuple(displacement.shape)
        raise ValueError(
            f'boundary {tuple(boundary.shape)}, displacement {shape} and '
            f'labels {tuple(size)} do not fit together: give (B, h, w), '
            '(B, 2, h, w) and (B, h, w)')
    dtype = torch.promote_types(boundary.dtype, torch.float32)
    boundary = boundary.to(dtype)
    with torch.autocast(boundary.device.type, enabled=False):
        pairs = count_pairs(boundary, labels, radius, ignore_index).to(dtype)
        connected = -(1 - boundary + EPS).log()  # (B, h, w)
        separate = -(boundary + EPS).log()
        shift = (None, None) if displacement is None else _displacement_sums(
            displacement.to(dtype), labels, radius, ignore_index)
        sums = PairSums(
            (pairs[BACKGROUND] * connected).sum(),
            (pairs[FOREGROUND] * connected).sum(),
            (pairs[DIFFERENT] * separate).sum(), *shift)
    return sums, PairCounts(*pairs.sum((1, 2, 3)))


@torch.no_grad()
def count_pairs(boundary: Float[Tensor, 'b h w'],
                labels: Integer[Tensor, 'b h w'],
                radius: int,
                ignore_index: int = 255) -> Int64[Tensor, '3 b h w']:
    """Count pairs of pixels by kind and by the boundary between them.

    The arguments are those of :func:`pair_loss_sums`.

    Returns:
        For each pixel the number of pairs on whose path it is the largest
        boundary, (3, B, h, w), int64: pairs of background, pairs of one
        class, pairs of two labels. Of equal pixels one counts.
    """
    order = boundary.flatten(1).argsort(dim=1)  # (B, h w), ascending
    number = order.numel()
    # Each pixel's place in that order, counted on from image to image:
    # the largest place on a path tells where the largest boundary is.
    places = torch.empty_like(order, dtype=torch.int32)
    places.scatter_(1, order, torch.arange(
        number, dtype=torch.int32, device=order.device).view_as(order))
    maxima = run_maxima(places.view(boundary.shape), radius)
    counts = order.new_zeros(4 * number)
    one = counts.new_ones(1)
    for offset in offsets_in_map(radius, boundary.shape[-2:]):
        kind = _pair_kinds(labels, offset, ignore_index).int()
        place = (path_maximum(maxima, offset) + number * kind).flatten()
        # not bincount, for whose size a GPU is waited for
        counts.index_add_(0, place, one.expand_as(place))
    counts = counts.view(4, *order.shape)[:IGNORED]
    pairs = torch.empty_like(counts).scatter_(
        2, order.expand_as(counts), counts)
    return pairs.view(IGNORED, *boundary.shape)


def _pair_kinds(labels: Tensor, offset: Offset, ignore_index: int) -> Tensor:
    """Return the kind of each pair of an offset, (B, h - dy, w - |dx|)."""
    first, second = (labels[(..., *index)] for index in pair_slices(offset))
    same = (first != 0).byte()  # BACKGROUND or FOREGROUND
    kinds = torch.where(first == second, same, DIFFERENT)
    ignored = (first == ignore_index) | (second == ignore_index)
    return kinds.masked_fill_(ignored, IGNORED)


def _displacement_sums(displacement: Tensor, labels: Tensor, radius: int,
                       ignore_index: int) -> tuple[Tensor, Tensor]:
    """Sum the displacements' terms over pairs of foreground and background.

    A displacement points from a pixel to the centre: added to the pixel's
    place, it gives a target, which is one for all pixels of an object. So
    the term of a foreground pair, too, is a distance of two values. The sum
    of |a - b| over pairs is the sum over pixels of value times gradient, and
    the gradient is a number of pairs: autograd need not see any pair.
    """
    labels = labels[:, None]  # (B, 1, h, w)
    known = labels != ignore_index
    background, foreground = known & (labels == 0), known & (labels != 0)
    values = displacement + _places(displacement) * foreground
    terms = values * _count_signs(values, labels, radius)
    return (terms * foreground).sum(), (terms * background).sum()


def _places(maps: Tensor) -> Tensor:
    """Return (y, x) from the centre of maps (..., h, w), (2, h, w)."""
    # Not from the corner: small values lose less to rounding.
    y, x = (torch.arange(n, dtype=maps.dtype, device=maps.device) - n // 2
            for n in maps.shape[-2:])
    return torch.stack(torch.meshgrid(y, x, indexing='ij'))


@torch.no_grad()
def _count_signs(values: Tensor, labels: Tensor, radius: int) -> Tensor:
    """Count each pixel's pairs of one label by the sign of the difference.

    Returns:
        The number of partners with a smaller value minus that of those with
        a larger one, (B, C, h, w), of the values' type: the gradient of the
        sum of |a - b| over all pairs.
    """
    counts = torch.zeros_like(values)
    for offset in offsets_in_map(radius, values.shape[-2:]):
        first, second = ((..., *index) for index in pair_slices(offset))
        signs = (values[first] - values[second]).sign_()
        signs *= labels[first] == labels[second]
        counts[first] += signs
        counts[second] -= signs
    return counts
