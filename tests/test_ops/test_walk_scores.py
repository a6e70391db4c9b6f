# Copyright (c) COMNet contributors. All rights reserved.
"""Scores after the random walk, by the image's maximum and as a mean."""

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from comnet.ops import random_walk, walk_scores
from comnet.utils import InputError

SIZE = (36, 50)


def maps(seed: int = 0) -> tuple[Tensor, Tensor]:
    """Return maps of two classes (2, 9, 13) and boundaries (9, 13)."""
    generator = torch.Generator().manual_seed(seed)
    return (torch.rand(2, 9, 13, generator=generator),
            torch.rand(9, 13, generator=generator))


def test_maximum_divides_by_that_of_the_enlarged_walk() -> None:
    cam, boundary = maps()
    walked = random_walk(cam, boundary, 4, 3, 6)
    expected = F.interpolate(walked[None], SIZE, mode='bilinear')[0]
    scores = walk_scores(cam, boundary, SIZE, 4, 3, 6)
    assert scores.max() == 1
    torch.testing.assert_close(scores, expected / expected.max())


def test_maps_of_zero_stay_zero() -> None:
    _, boundary = maps()
    for normalize in ('maximum', 'mean'):
        scores = walk_scores(torch.zeros(2, 9, 13), boundary, SIZE,
                             normalize=normalize)
        assert scores.shape == (2, *SIZE) and (scores == 0).all()


def test_mean_is_that_of_the_pixels_which_reach_it() -> None:
    """One pixel's walk, backwards, weighs all pixels."""
    cam, boundary = maps()
    pixels = torch.eye(9 * 13).reshape(-1, 9, 13)
    # (hw, hw): what each pixel contributes to each
    share = random_walk(pixels, boundary, 4, 3, 6).flatten(1)
    share = share / share.sum(dim=0)
    expected = (cam.flatten(1) @ share).reshape(2, 9, 13)
    scores = walk_scores(cam, boundary, (9, 13), 4, 3, 6, 'mean')
    torch.testing.assert_close(scores, expected)


def test_mean_of_an_enclosed_part_is_no_matter_to_the_others() -> None:
    cam, boundary = torch.zeros(1, 9, 13), torch.zeros(9, 13)
    boundary[:, 6] = 1
    cam[:, :, :6] = 0.3
    cam[:, 4, 10] = 0.6
    weak = walk_scores(cam, boundary, (9, 13), normalize='mean')
    cam[:, :, 7:] = 1
    strong = walk_scores(cam, boundary, (9, 13), normalize='mean')
    torch.testing.assert_close(weak[0, :, :6], torch.full((9, 6), 0.3))
    assert torch.equal(weak[..., :6], strong[..., :6])
    relative = walk_scores(cam, boundary, (9, 13))
    torch.testing.assert_close(relative[0, :, :6], torch.full((9, 6), 0.3))
    torch.testing.assert_close(strong[0, :, 7:], torch.ones(9, 6))


def test_mean_where_nothing_arrives_is_zero() -> None:
    scores = walk_scores(torch.ones(1, 9, 13), torch.ones(9, 13), SIZE,
                         normalize='mean')
    assert (scores == 0).all()


def test_unknown_normalisation() -> None:
    cam, boundary = maps()
    with pytest.raises(InputError, match="'maximum' or 'mean'"):
        walk_scores(cam, boundary, SIZE, normalize='max')
