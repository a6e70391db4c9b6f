# Copyright (c) COMNet contributors. All rights reserved.
"""The head that classifies positions by themselves and then averages."""

import pytest
import torch
from mmengine.structures import PixelData
from mmseg.registry import MODELS
from mmseg.structures import SegDataSample
from torch.nn import functional as F

from comnet.models import PixelHead
from comnet.ops import nearest_neighbors, pixel_probs


def build(num_neighbors: int = 3) -> PixelHead:
    torch.manual_seed(0)
    head = MODELS.build(dict(
        type='PixelHead', in_channels=16, num_classes=4,
        num_neighbors=num_neighbors))
    head.init_weights()
    torch.nn.init.normal_(head.conv_seg.bias)
    return head


def test_prediction_is_that_of_the_step_for_all_classes() -> None:
    head = build().eval()
    feat = torch.rand(2, 16, 5, 7)
    with torch.no_grad():
        result = head((feat, ))
    assert result.shape == (2, 4, 5, 7)
    for image, scores in zip(feat, result, strict=True):
        points = F.normalize(image.flatten(1).T, dim=1)
        shown = torch.sigmoid(head.image_classifier(
            20 * F.normalize(image.mean((1, 2)), dim=0)))
        prior = torch.cat([torch.zeros(1), 0.5 * shown.log()])
        expected = pixel_probs(
            points, nearest_neighbors(points[None], 3)[0],
            head.conv_seg.weight[:, :, 0, 0],
            head.conv_seg.bias + prior, range(3))
        torch.testing.assert_close(
            scores.exp().flatten(1).T, expected, rtol=1e-4, atol=1e-6)


def test_training_sees_each_position_by_itself() -> None:
    head = build().train()
    feat = torch.rand(2, 16, 5, 7)
    expected = head.conv_seg(20 * feat / feat.norm(dim=1, keepdim=True))
    torch.testing.assert_close(head((feat, )), expected)


def test_losses_of_positions_and_of_images() -> None:
    head = build().train()
    feat, labels = torch.rand(2, 16, 5, 7), torch.full((2, 5, 7), 255)
    labels[0, :2], labels[0, 2:4], labels[1, 1] = 0, 3, 1
    losses = head.loss((feat, ), [SegDataSample(
        gt_sem_seg=PixelData(data=each[None])) for each in labels], None)
    torch.testing.assert_close(losses['loss_ce'], F.cross_entropy(
        head((feat, )), labels, ignore_index=255))
    pooled = feat.mean((2, 3))
    torch.testing.assert_close(
        losses['loss_image'], F.binary_cross_entropy_with_logits(
            head.image_classifier(
                20 * pooled / pooled.norm(dim=1, keepdim=True)),
            torch.tensor([[0.0, 0, 1], [1, 0, 0]])))


def test_the_length_of_features_does_not_matter() -> None:
    head, feat = build().eval(), torch.rand(1, 16, 4, 4)
    with torch.no_grad():
        torch.testing.assert_close(head((feat, )), head((7 * feat, )))


@pytest.mark.parametrize('num_neighbors', [3, 100])
def test_one_position_has_no_neighbors(num_neighbors: int) -> None:
    head = build(num_neighbors).eval()
    with torch.no_grad():
        scores = head((torch.rand(1, 16, 1, 1), ))
    torch.testing.assert_close(scores.exp().sum(1), torch.ones(1, 1, 1))


def test_probabilities_of_zero_stay_finite() -> None:
    head = build().eval()
    head.conv_seg.bias.data[0] = 1e4
    with torch.no_grad():
        assert head((torch.rand(1, 16, 2, 2), )).isfinite().all()
