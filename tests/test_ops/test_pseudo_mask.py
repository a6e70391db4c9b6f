# Copyright (c) COMNet contributors. All rights reserved.
"""Pseudo masks from maps of two classes."""

import torch
from torch.nn import functional as F

from comnet.ops import pseudo_mask

CLASS_IDS = torch.tensor([3, 11])


def test_highest_map_above_the_threshold_wins() -> None:
    scores = torch.tensor([
        [[4.0, 1.1, 0.9, 0.0]],
        [[0.0, 0.5, 2.0, 0.8]],
    ])
    # of the largest score, 4: 1.0, 0.275, 0.5, 0.2
    mask = pseudo_mask(scores, CLASS_IDS, (1, 4), bg_threshold=0.25)
    assert mask.dtype == torch.uint8
    assert mask.tolist() == [[4, 4, 12, 0]]


def test_threshold_is_relative_to_the_image() -> None:
    generator = torch.Generator().manual_seed(0)
    scores = torch.rand(2, 9, 13, generator=generator)
    mask = pseudo_mask(scores, CLASS_IDS, (36, 50), 0.25)
    assert torch.equal(
        pseudo_mask(1000 * scores, CLASS_IDS, (36, 50), 0.25), mask)


def test_equals_background_as_one_more_map() -> None:
    """IRN pads the maps with one of the constant threshold."""
    generator = torch.Generator().manual_seed(0)
    scores = torch.rand(2, 9, 13, generator=generator)
    full = F.interpolate(scores[None], (36, 50), mode='bilinear')[0]
    stacked = torch.cat([torch.full((1, 36, 50), 0.6), full / full.max()])
    expected = torch.tensor([0, 4, 12])[stacked.argmax(0)]
    mask = pseudo_mask(scores, CLASS_IDS, (36, 50), 0.6)
    assert mask.shape == (36, 50)
    assert torch.equal(mask.long(), expected)
    assert set(mask.unique().tolist()) == {0, 4, 12}


def test_maps_of_zero_are_background() -> None:
    mask = pseudo_mask(torch.zeros(2, 3, 4), CLASS_IDS, (12, 16), 0.25)
    assert (mask == 0).all()
