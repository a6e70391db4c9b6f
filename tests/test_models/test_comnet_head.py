# Copyright (c) COMNet contributors. All rights reserved.
"""The linear classifier on the pooled map, whose map is the CAM."""

import pytest
import torch
from mmpretrain.registry import MODELS
from mmpretrain.structures import DataSample
from torch import Tensor, nn

LABELS = [[0, 3], [2], [1, 2, 3]]


@pytest.fixture
def head() -> nn.Module:
    torch.manual_seed(0)
    head = MODELS.build(dict(type='COMNetHead', num_classes=4, in_channels=6))
    nn.init.normal_(head.classifier.weight)
    return head


@pytest.fixture
def feat() -> Tensor:
    return torch.rand(
        3, 6, 5, 7, generator=torch.Generator().manual_seed(0))


def samples() -> list[DataSample]:
    return [DataSample(metainfo=dict(num_classes=4)).set_gt_label(label)
            for label in LABELS]


def test_score_is_the_mean_of_the_linear_map(
        head: nn.Module, feat: Tensor) -> None:
    weight = head.classifier.weight[:, :, 0, 0]  # (4, 6)
    expected = torch.einsum('kc,bchw->bkhw', weight, feat).mean((2, 3))
    torch.testing.assert_close(head((feat, )), expected)


def test_padding_is_left_out_of_the_mean(
        head: nn.Module, feat: Tensor) -> None:
    real = torch.zeros(3, 5, 7, dtype=torch.bool)
    real[0, :3, :4] = real[1] = True  # the third image is nothing but zeros
    feat = feat * real[:, None]
    feat[0, :5, 1, 2] = 0  # one channel is left: not padding
    weight = head.classifier.weight[:, :, 0, 0]
    for image, places, score, pooled in zip(
            feat, real, head((feat, )), head.pre_logits((feat, )),
            strict=True):
        points = [image[:, y, x] for y, x in places.nonzero().tolist()]
        mean = sum(points, torch.zeros(6)) / max(len(points), 1)
        torch.testing.assert_close(score, weight @ mean)
        torch.testing.assert_close(pooled.flatten(), mean)


def test_gradient_is_laid_out_like_the_features(
        head: nn.Module, feat: Tensor) -> None:
    feat = feat.to(memory_format=torch.channels_last).requires_grad_()
    gradient, = torch.autograd.grad(head((feat, )).sum(), feat)
    assert gradient.is_contiguous(memory_format=torch.channels_last)


def test_classifier_has_no_bias(head: nn.Module) -> None:
    assert [name for name, _ in head.named_parameters()] == [
        'classifier.weight']


def test_loss_is_the_multi_label_soft_margin_loss(
        head: nn.Module, feat: Tensor) -> None:
    target = torch.zeros(3, 4)
    for row, label in zip(target, LABELS, strict=True):
        row[label] = 1
    expected = nn.MultiLabelSoftMarginLoss()(head((feat, )), target)
    losses = head.loss((feat, ), samples())
    assert set(losses) == {'loss'}
    torch.testing.assert_close(losses['loss'], expected)


def test_score_map_is_the_score_of_each_position(
        head: nn.Module, feat: Tensor) -> None:
    maps = head.score_maps((feat, ))
    assert maps.shape == (3, 4, 5, 7)
    for y in range(5):
        for x in range(7):
            score = head((feat[:, :, y:y + 1, x:x + 1], ))
            torch.testing.assert_close(maps[:, :, y, x], score)


def test_prediction_holds_scores_labels_and_cam(
        head: nn.Module, feat: Tensor) -> None:
    stages = (torch.rand(3, 2, 10, 14), feat)
    predicted = head.predict(stages, samples())
    scores = head(stages).sigmoid()
    for index, sample in enumerate(predicted):
        torch.testing.assert_close(sample.pred_score, scores[index])
        assert sample.pred_label.tolist() == (
            scores[index] >= 0.5).nonzero().flatten().tolist()
        assert torch.equal(
            sample.cam, head.score_maps(stages)[index].relu())
        assert sample.gt_label.tolist() == LABELS[index]
