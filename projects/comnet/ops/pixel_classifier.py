# Copyright (c) COMNet contributors. All rights reserved.
"""Linear classifiers of positions, taught by what maps are sure of."""

import math
from collections.abc import Callable, Sequence

import torch
from jaxtyping import Float, Int64
from torch import Tensor
from torch.nn import functional as F

from .neighbors import neighbor_mean

IGNORED = -1
FEATURE_SCALE = 20.0  # of unit-length features
LEARNING_RATE, WEIGHT_DECAY = 2e-3, 0.05
BATCH_SIZE = 2048


def pixel_seeds(maps: Float[Tensor, 'classes h w'],
                class_ids: Sequence[int],
                fg_threshold: float = 0.5,
                bg_threshold: float = 0.2) -> Int64[Tensor, 'h w']:
    """Label the positions whose maps are sure.

    Args:
        maps: Maps of the image's K classes in [0, 1], shape (K, h, w).
        class_ids: Their class indices from 0.
        fg_threshold: What the highest map of an object exceeds.
        bg_threshold: What all maps of the background stay below.

    Returns:
        Labels, shape (h, w): 0 is background, class index + 1 an object, -1
        neither.
    """
    if not len(class_ids):  # of a negative
        return maps.new_zeros(maps.shape[1:], dtype=torch.int64)
    highest, winner = maps.max(0)  # (h, w)
    ids = torch.as_tensor(class_ids).to(maps.device, non_blocking=True)
    labels = torch.where(highest < bg_threshold, 0, IGNORED)
    return torch.where(highest > fg_threshold, ids[winner] + 1, labels)


def label_weights(labels: Int64[Tensor, ' n'],
                  num_labels: int) -> Float[Tensor, ' l']:
    """Weigh labels by the root of their inverse frequency.

    Args:
        labels: Shape (n,), none ignored.
        num_labels: L.

    Returns:
        Shape (L,); their mean over the positions is 1.
    """
    count = torch.bincount(labels, minlength=num_labels).clamp(min=1).float()
    weights = count.rsqrt()
    return weights / weights[labels].mean()


@torch.enable_grad()
def fit_pixel_classifier(features: Float[Tensor, 'n d'],
                         labels: Int64[Tensor, ' n'],
                         num_labels: int,
                         seed: int = 0,
                         num_steps: int = 400
                         ) -> tuple[Float[Tensor, 'l d'],
                                    Float[Tensor, ' l']]:
    """Fit a linear layer to labelled positions by their cross entropy.

    The labels are weighted (``label_weights``); AdamW takes ``num_steps``
    steps of 2,048 positions with a cosine schedule.

    Args:
        features: Of unit length, in any precision, shape (n, d).
        labels: Shape (n,); those that are -1 take no part.
        num_labels: L, with the background.
        seed: Of the first weights and of the positions of each step.
        num_steps: Steps of the optimiser.

    Returns:
        Weight (L, d) and bias (L,), float32.

    Raises:
        ValueError: No position has a label.
    """
    known = labels != IGNORED
    features, labels = features[known], labels[known]
    if not len(labels):
        raise ValueError('no position has a label')
    weights = label_weights(labels, num_labels)
    return _fit(features, num_labels, seed, num_steps, lambda scores, index: (
        F.cross_entropy(scores, labels[index], weight=weights)))


@torch.enable_grad()
def fit_image_classifier(features: Float[Tensor, 'n d'],
                         shown: Float[Tensor, 'n classes'],
                         seed: int = 0,
                         num_steps: int = 400
                         ) -> tuple[Float[Tensor, 'classes d'],
                                    Float[Tensor, ' classes']]:
    """Fit a linear layer to the labels of images by their cross entropy.

    As :func:`fit_pixel_classifier`, but that an image shows each class or
    not.

    Args:
        features: The mean of each image's features, of unit length, shape
            (n, d).
        shown: 1 where an image shows a class, else 0, shape (n, C).
        seed: Of the first weights and of the images of each step.
        num_steps: Steps of the optimiser.

    Returns:
        Weight (C, d) and bias (C,), float32.
    """
    return _fit(
        features, shown.shape[1], seed, num_steps, lambda scores, index: (
            F.binary_cross_entropy_with_logits(scores, shown[index])))


def _fit(features: Tensor, num_outputs: int, seed: int, num_steps: int,
         loss_of: Callable[[Tensor, Tensor], Tensor]
         ) -> tuple[Tensor, Tensor]:
    """Fit a linear layer to rows (n, d), by a loss of scores and indices."""
    generator = torch.Generator().manual_seed(seed)
    weight = (0.01 * torch.randn(
        num_outputs, features.shape[1], generator=generator)
    ).to(features.device).requires_grad_()
    bias = torch.zeros(
        num_outputs, device=features.device, requires_grad=True)
    optimizer = torch.optim.AdamW(
        [weight, bias], lr=LEARNING_RATE, weight_decay=WEIGHT_DECAY)
    for step in range(num_steps):
        optimizer.param_groups[0]['lr'] = LEARNING_RATE / 2 * (
            1 + math.cos(math.pi * step / num_steps))
        index = torch.randint(len(features), (BATCH_SIZE, ),
                              generator=generator).to(
            features.device, non_blocking=True)
        loss = loss_of(
            F.linear(FEATURE_SCALE * features[index].float(), weight, bias),
            index)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return weight.detach(), bias.detach()


@torch.no_grad()
def pixel_probs(features: Float[Tensor, 'n d'],
                neighbors: Int64[Tensor, 'n k'],
                weight: Float[Tensor, 'l d'],
                bias: Float[Tensor, ' l'],
                class_ids: Sequence[int]) -> Float[Tensor, 'n shown']:
    """Return what positions show, of background and the image's classes.

    Args:
        features: Of unit length, in any precision, shape (n, d).
        neighbors: Indices of each position's most similar ones, shape (n, k).
        weight: Of all L labels, shape (L, d).
        bias: Shape (L,).
        class_ids: Indices from 0 of the image's K classes.

    Returns:
        Probabilities, the mean over a position's neighbours, shape
        (n, 1 + K).
    """
    shown = torch.tensor([0, *(index + 1 for index in class_ids)]).to(
        weight.device, non_blocking=True)
    probs = F.linear(FEATURE_SCALE * features.float(), weight[shown],
                     bias[shown]).softmax(1)
    if not neighbors.shape[1]:  # the only position
        return probs
    return neighbor_mean(probs[None], neighbors[None])[0]


def pixel_maps(probs: Float[Tensor, 'shown h w']
               ) -> Float[Tensor, 'classes h w']:
    """Compare each class with the best of all others, background included.

    p / (p + p'), where p' is the highest of the others' probabilities: above
    0.5 where the class is the most probable. With one class this is p. A
    class beside a more probable one stays below 0.5, however improbable the
    background is.

    Args:
        probs: Of background and K classes, shape (1 + K, h, w).

    Returns:
        Maps of the classes in [0, 1], shape (K, h, w).
    """
    if len(probs) == 1:  # of a negative
        return probs[1:]
    best, second = probs.topk(2, dim=0).values  # (h, w) each
    others = torch.where(probs == best, second, best)[1:]
    # equal ones are each other's rival: 0.5
    return probs[1:] / (probs[1:] + others).clamp(
        min=torch.finfo(probs.dtype).tiny)
