# Copyright (c) COMNet contributors. All rights reserved.
"""Pseudo masks from the scores of two classes."""

import torch

from comnet.ops import pseudo_mask

CLASS_IDS = torch.tensor([3, 11])


def test_highest_score_above_the_threshold_wins() -> None:
    scores = torch.tensor([
        [[1.0, 0.275, 0.225, 0.0]],
        [[0.0, 0.125, 0.5, 0.2]],
    ])
    mask = pseudo_mask(scores, CLASS_IDS, bg_threshold=0.25)
    assert mask.dtype == torch.uint8
    assert mask.tolist() == [[4, 4, 12, 0]]


def test_equals_background_as_one_more_map() -> None:
    """IRN pads the maps with one of the constant threshold."""
    generator = torch.Generator().manual_seed(0)
    scores = torch.rand(2, 36, 50, generator=generator)
    stacked = torch.cat([torch.full((1, 36, 50), 0.6), scores])
    expected = torch.tensor([0, 4, 12])[stacked.argmax(0)]
    mask = pseudo_mask(scores, CLASS_IDS, 0.6)
    assert torch.equal(mask.long(), expected)
    assert set(mask.unique().tolist()) == {0, 4, 12}


def test_scores_of_zero_are_background() -> None:
    assert (pseudo_mask(torch.zeros(2, 12, 16), CLASS_IDS, 0.25) == 0).all()
