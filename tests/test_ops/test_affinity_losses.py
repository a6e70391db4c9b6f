# Copyright (c) COMNet contributors. All rights reserved.
"""IRN's losses against a double loop over pixels."""

import math
from itertools import combinations

import pytest
import torch
from torch import Tensor

from comnet.ops.affinity_losses import (
    PairCounts,
    affinity_losses,
    count_pairs,
    pair_loss_sums,
)


def example(batch: int = 2, height: int = 6,
            width: int = 7) -> tuple[Tensor, Tensor, Tensor]:
    """Return boundary, displacement and labels with every kind of pair."""
    generator = torch.Generator().manual_seed(0)
    # Distinct values: the gradient of a maximum jumps where two are equal.
    pixels = batch * height * width
    boundary = torch.randperm(pixels, generator=generator) / pixels
    displacement = torch.randn(
        batch, 2, height, width, dtype=torch.float64, generator=generator)
    choice = torch.randint(4, (batch, height, width), generator=generator)
    labels = torch.tensor([0, 3, 5, 255])[choice]
    return boundary.double().view(labels.shape), displacement, labels


def brute_force(boundary: Tensor, displacement: Tensor, labels: Tensor,
                radius: int) -> dict[str, float]:
    """Compute the four losses pair by pair from their definitions."""
    terms = {key: [] for key in
             ('bg_aff', 'fg_aff', 'neg_aff', 'fg_disp', 'bg_disp')}
    height, width = labels.shape[1:]
    pixels = [(y, x) for y in range(height) for x in range(width)]
    for edge, field, label in zip(boundary, displacement, labels,
                                  strict=True):
        for p, q in combinations(pixels, 2):
            dy, dx = q[0] - p[0], q[1] - p[1]
            if dy**2 + dx**2 >= radius**2 or 255 in (label[p], label[q]):
                continue
            barrier = max(
                float(edge[y, x])
                for y in range(min(p[0], q[0]), max(p[0], q[0]) + 1)
                for x in range(min(p[1], q[1]), max(p[1], q[1]) + 1)
                if (dy * (x - p[1]) - dx * (y - p[0]))**2 < dy**2 + dx**2)
            gap = (field[:, p[0], p[1]] - field[:, q[0], q[1]]).tolist()
            if label[p] != label[q]:
                terms['neg_aff'].append(-math.log(barrier + 1e-5))
                continue
            kind = 'bg' if label[p] == 0 else 'fg'
            terms[f'{kind}_aff'].append(-math.log(1 - barrier + 1e-5))
            if kind == 'bg':
                terms['bg_disp'] += [abs(gap[0]), abs(gap[1])]
            else:
                terms['fg_disp'] += [abs(gap[0] - dy), abs(gap[1] - dx)]
    mean = {k: sum(v) / max(len(v), 1) for k, v in terms.items()}
    # The total is (pos + neg) / 2 + (fg + bg displacement) / 2.
    return dict(
        loss_pos_affinity=(mean['bg_aff'] + mean['fg_aff']) / 2 / 2,
        loss_neg_affinity=mean['neg_aff'] / 2,
        loss_fg_displacement=mean['fg_disp'] / 2,
        loss_bg_displacement=mean['bg_disp'] / 2)


def sum_terms(field: Tensor, labels: Tensor,
              radius: int) -> tuple[Tensor, Tensor]:
    """Sum the displacements' terms of all foreground and background pairs."""
    index = torch.cartesian_prod(*map(torch.arange, labels.shape[1:]))
    apart = index - index[:, None]  # from the first pixel to the second
    near = (apart**2).sum(-1) < radius**2
    near &= torch.ones_like(near).triu(1)  # each pair once
    foreground = background = field.new_zeros(())
    for values, label in zip(
            field.flatten(2), labels.flatten(1), strict=True):
        same = near & (label == label[:, None]) & (label != 255)
        gap = (values[:, :, None] - values[:, None]).permute(1, 2, 0)
        foreground = foreground + (
            gap - apart)[same & (label > 0)].abs().sum()
        background = background + gap[same & (label == 0)].abs().sum()
    return foreground, background


@pytest.mark.parametrize('radius', [3, 5])
@pytest.mark.parametrize('name', [
    'loss_pos_affinity', 'loss_neg_affinity', 'loss_fg_displacement',
    'loss_bg_displacement'
])
def test_equals_double_loop(name: str, radius: int) -> None:
    expected = brute_force(*example(), radius)[name]
    losses = affinity_losses(*pair_loss_sums(*example(), radius))
    assert expected > 0
    assert losses[name].item() == pytest.approx(expected, rel=1e-4)


def test_affinities_alone() -> None:
    boundary, displacement, labels = example()
    both, counts = pair_loss_sums(boundary, displacement, labels, 5)
    alone, same = pair_loss_sums(boundary, None, labels, 5)
    assert alone == (*both[:3], None, None)
    assert same == counts
    assert set(affinity_losses(alone, same)) == {
        'loss_pos_affinity', 'loss_neg_affinity'}


def test_pairs_are_counted_where_their_barrier_is() -> None:
    """One object left and right of a ridge that all pairs cross."""
    boundary = torch.tensor([[[0.1, 0.2, 0.9, 0.3]]])
    labels = torch.tensor([[[0, 0, 4, 4]]])
    background, foreground, different = count_pairs(boundary, labels, 3)
    assert background.tolist() == [[[0, 1, 0, 0]]]  # pixels 0 and 1
    assert foreground.tolist() == [[[0, 0, 1, 0]]]  # 2 and 3
    assert different.tolist() == [[[0, 0, 3, 0]]]  # 0-2, 1-2, 1-3


def test_gradient() -> None:
    boundary, displacement, labels = example(1, 4, 5)
    maps = boundary.requires_grad_(), displacement.requires_grad_()
    assert torch.autograd.gradcheck(
        lambda b, d: pair_loss_sums(b, d, labels, 4)[0], maps)


def test_displacements_equal_the_terms_of_all_pairs() -> None:
    """In sum and gradient, computed pair by pair with autograd."""
    _, displacement, labels = example(2, 14, 11)
    fields = [displacement.clone().requires_grad_() for _ in range(2)]
    sums, _ = pair_loss_sums(
        torch.rand(labels.shape).double(), fields[0], labels, 5)
    expected = sum_terms(fields[1], labels, 5)
    for weights in ((1, 0), (0, 1), (0.3, 2)):
        gradients = []
        for field, terms in zip(fields, (sums[3:], expected), strict=True):
            loss = weights[0] * terms[0] + weights[1] * terms[1]
            gradients += torch.autograd.grad(loss, field, retain_graph=True)
        torch.testing.assert_close(*gradients)
        assert gradients[0].abs().max() > 0
    torch.testing.assert_close(sums[3:], expected)


def test_equal_displacements_have_no_gradient() -> None:
    """As |x| at 0: a tie pulls to neither side."""
    _, displacement, labels = example()
    field = torch.zeros_like(displacement).requires_grad_()
    sums, _ = pair_loss_sums(
        torch.rand(labels.shape), field, torch.zeros_like(labels), 5)
    gradient, = torch.autograd.grad(sums.bg_displacement, field)
    assert sums.bg_displacement == 0
    assert not gradient.any()


def test_index_to_ignore_may_be_any() -> None:
    boundary, displacement, labels = example()
    expected = pair_loss_sums(boundary, displacement, labels, 5)
    for index in (-1, 2):
        other = labels.masked_fill(labels == 255, index)
        assert pair_loss_sums(
            boundary, displacement, other, 5, index) == expected
    # Where the background is ignored, it has no pairs.
    sums, counts = pair_loss_sums(boundary, displacement, labels, 5, 0)
    assert counts.background == sums.bg_displacement == 0


def test_perfect_prediction_costs_nothing() -> None:
    # Two objects, left and right of a column of boundary without a label.
    labels = torch.full((1, 8, 9), 2)
    labels[..., 4:] = 3
    labels[..., 4] = 255
    boundary = (labels == 255).double()
    y, x = torch.meshgrid(torch.arange(8.), torch.arange(9.), indexing='ij')
    centre = torch.where(x < 4, 2., 6.)
    displacement = torch.stack([4 - y, centre - x])[None].double()
    losses = affinity_losses(
        *pair_loss_sums(boundary, displacement, labels, 6))
    assert max(abs(v.item()) for v in losses.values()) < 1e-4
    # With the opposite sign the field is wrong.
    losses = affinity_losses(
        *pair_loss_sums(boundary, -displacement, labels, 6))
    assert losses['loss_fg_displacement'] > 1


@pytest.mark.parametrize('label', [0, 7, 255])
def test_missing_kinds_of_pairs_count_nothing(label: int) -> None:
    boundary, displacement, labels = example()
    boundary.requires_grad_()
    labels = torch.full_like(labels, label)
    losses = affinity_losses(
        *pair_loss_sums(boundary, displacement, labels, 4))
    sum(losses.values()).backward()
    assert boundary.grad.isfinite().all()
    present = {k for k, v in losses.items() if v > 0}
    assert present == {
        0: {'loss_pos_affinity', 'loss_bg_displacement'},
        7: {'loss_pos_affinity', 'loss_fg_displacement'},
        255: set(),
    }[label]


def test_two_processes_learn_the_same_as_one() -> None:
    # Gradients are averaged over processes; so are the counts.
    boundary, displacement, labels = example()
    labels[1, 2:] = 255  # fewer pairs in the second process
    whole = affinity_losses(
        *pair_loss_sums(boundary, displacement, labels, 5))
    parts = [
        pair_loss_sums(boundary[i:i + 1], displacement[i:i + 1],
                       labels[i:i + 1], 5) for i in range(2)
    ]
    counts = PairCounts(*((a + b) / 2 for a, b in
                          zip(parts[0][1], parts[1][1], strict=True)))
    losses = [affinity_losses(sums, counts) for sums, _ in parts]
    for name, value in whole.items():
        mean = (losses[0][name] + losses[1][name]) / 2
        torch.testing.assert_close(mean, value, rtol=1e-5, atol=0)


def test_float32_under_autocast() -> None:
    boundary, displacement, labels = example()
    expected = pair_loss_sums(boundary, displacement, labels, 5)[0]
    with torch.autocast('cpu', dtype=torch.bfloat16):
        sums = pair_loss_sums(
            boundary.float(), displacement.float(), labels, 5)[0]
    for value, reference in zip(sums, expected, strict=True):
        assert value.dtype == torch.float32
        torch.testing.assert_close(value.double(), reference, rtol=1e-4,
                                   atol=1e-3)


@pytest.mark.usefixtures('shapes_unchecked')
def test_wrong_shapes_are_named() -> None:
    boundary, displacement, labels = example()
    with pytest.raises(ValueError, match='do not fit together'):
        pair_loss_sums(boundary[:, None], displacement, labels, 5)
    with pytest.raises(ValueError, match='do not fit together'):
        pair_loss_sums(boundary, displacement[:, :1], labels, 5)
