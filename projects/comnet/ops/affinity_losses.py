# Copyright (c) COMNet contributors. All rights reserved.
"""Losses that teach class boundaries and displacements by pairs of pixels.

IRN, Sec. 4: labels are known only for confident pixels, and only whether two
of them agree is used: no class boundary may lie between pixels of one label,
one must lie between pixels of different labels; displacements of the pixels
of one object point to the same place.
"""

from functools import reduce
from typing import NamedTuple

import torch
from torch import Tensor
from torch.utils.checkpoint import checkpoint

from .pixel_paths import (
    Offset,
    RunMaxima,
    offsets_in_map,
    pair_slices,
    path_maximum,
    run_maxima,
)

EPS = 1e-5  # in the logarithms and, against empty sets of pairs, below sums


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
    fg_displacement: Tensor  # |d(p) - d(q) - offset| over foreground pairs
    bg_displacement: Tensor  # |d(p) - d(q)| over background pairs


def affinity_losses(sums: PairSums, counts: PairCounts) -> dict[str, Tensor]:
    """Average the loss terms; the sum of the losses is IRN's total.

    Sums and counts are separate so that the counts can be averaged over
    processes first: then several processes learn the same as one.

    Args:
        sums: Of :func:`pair_loss_sums`.
        counts: The number of pairs that each sum stands for.

    Returns:
        ``loss_pos_affinity``, ``loss_neg_affinity``, ``loss_fg_displacement``
        and ``loss_bg_displacement``, scalars.
    """
    num_bg, num_fg, num_neg = counts
    positive = (sums.bg_affinity / (num_bg + EPS) + sums.fg_affinity /
                (num_fg + EPS)) / 2
    negative = sums.neg_affinity / (num_neg + EPS)
    # A displacement has two components, hence two terms a pair.
    displacement_fg = sums.fg_displacement / (2 * num_fg + EPS)
    displacement_bg = sums.bg_displacement / (2 * num_bg + EPS)
    return dict(
        loss_pos_affinity=positive / 2,
        loss_neg_affinity=negative / 2,
        loss_fg_displacement=displacement_fg / 2,
        loss_bg_displacement=displacement_bg / 2)


def pair_loss_sums(boundary: Tensor,
                   displacement: Tensor,
                   labels: Tensor,
                   radius: int,
                   ignore_index: int = 255) -> tuple[PairSums, PairCounts]:
    """Sum IRN's loss terms over all pairs of pixels within a radius.

    IRN leaves out pairs that start near the borders of the map; here every
    pair counts. Only one row of offsets is in memory at a time, forward and
    backward.

    Args:
        boundary: Probability of a class boundary, (B, h, w).
        displacement: (dy, dx) to the object's centre in pixels of the map,
            (B, 2, h, w).
        labels: Affinity labels, integers, (B, h, w).
        radius: Pairs are closer than this, in pixels of the map.
        ignore_index: Label of pixels that belong to no pair.

    Returns:
        Computed in float32 whatever autocast says (float64 for float64 maps).

    Raises:
        ValueError: The shapes do not fit together.
    """
    size = labels.shape
    if boundary.shape != size or displacement.shape != (
            size[0], 2, *size[1:]):
        raise ValueError(
            f'boundary {tuple(boundary.shape)}, displacement '
            f'{tuple(displacement.shape)} and labels {tuple(size)} do not '
            'fit together: give (B, h, w), (B, 2, h, w) and (B, h, w)')
    dtype = torch.promote_types(boundary.dtype, torch.float32)
    boundary, displacement = boundary.to(dtype), displacement.to(dtype)
    with torch.autocast(boundary.device.type, enabled=False):
        maxima = run_maxima(boundary, radius)
        totals = boundary.new_zeros(8)
        for offsets in _by_row(offsets_in_map(radius, size[-2:])):
            # Checkpoints keep nothing of a row's many maps for backward.
            totals = totals + checkpoint(
                _sum_terms, maxima, displacement, labels, ignore_index,
                offsets, use_reentrant=False, preserve_rng_state=False)
    return PairSums(*totals[:5]), PairCounts(*totals[5:].detach())


def _by_row(offsets: list[Offset]) -> list[list[Offset]]:
    """Group offsets by their dy."""
    rows: dict[int, list[Offset]] = {}
    for offset in offsets:
        rows.setdefault(offset[0], []).append(offset)
    return list(rows.values())


def _sum_terms(maxima: RunMaxima, displacement: Tensor, labels: Tensor,
               ignore_index: int, offsets: list[Offset]) -> Tensor:
    """Return the five sums and the three counts of some offsets, (8, )."""
    return reduce(torch.add, (
        _sum_offset(maxima, displacement, labels, ignore_index, offset)
        for offset in offsets))


def _sum_offset(maxima: RunMaxima, displacement: Tensor, labels: Tensor,
                ignore_index: int, offset: Offset) -> Tensor:
    """Return the five sums and the three counts of one offset, (8, )."""
    first, second = ((..., *index) for index in pair_slices(offset))
    # All maps from here on are (B, h - dy, w - |dx|), a pair a pixel.
    same = labels[first] == labels[second]
    background = same & (labels[first] == 0)
    foreground = same & (labels[first] != 0) & (labels[first] != ignore_index)
    different = ~same & (labels[first] != ignore_index) & (
        labels[second] != ignore_index)

    barrier = path_maximum(maxima, offset)  # 1 - affinity
    term = -(torch.where(different, barrier, 1 - barrier) + EPS).log()
    step = displacement.new_tensor(offset).view(2, 1, 1)
    # (B, 2, h - dy, w - |dx|); d points from a pixel to the centre, so that
    # d(first) - d(second) = second - first within an object.
    gap = displacement[first] - displacement[second]
    fg_gap = (gap - step).abs().sum(1)
    bg_gap = gap.abs().sum(1)
    return torch.stack([
        (term * background).sum(), (term * foreground).sum(),
        (term * different).sum(), (fg_gap * foreground).sum(),
        (bg_gap * background).sum(), *(mask.sum().to(term.dtype)
                                       for mask in (background, foreground,
                                                    different))
    ])
