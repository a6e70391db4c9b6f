# Copyright (c) COMNet contributors. All rights reserved.
"""The classifier keeps padding out of features, matching and gradients."""

import pytest
import torch
from mmpretrain.registry import MODELS
from mmpretrain.structures import DataSample
from torch import Tensor, nn

INTER = dict(type='InterMatching', group_size=2, alpha=1.5)
INTRA = dict(type='IntraMatching', in_channels=64, num_neighbors=4)


def build(neck: list[dict] | None) -> nn.Module:
    torch.manual_seed(0)
    return MODELS.build(dict(
        type='COMNet',
        data_preprocessor=dict(
            mean=[120.5, 110.5, 100.5], std=[50, 50, 50], to_rgb=True),
        backbone=dict(
            type='ResNet', depth=18, base_channels=8, stem_channels=8,
            strides=(1, 2, 2, 1), out_indices=(2, 3)),
        neck=neck,
        head=dict(type='COMNetHead', num_classes=3, in_channels=64)))


def batch(model: nn.Module, *sizes: tuple[int, int]) -> dict:
    """Collate images of several sizes with a label each."""
    generator = torch.Generator().manual_seed(0)
    images = [torch.randint(256, (3, *size), generator=generator,
                            dtype=torch.uint8) for size in sizes]
    samples = [DataSample().set_gt_label([1]) for _ in sizes]
    return model.data_preprocessor(
        dict(inputs=images, data_samples=samples), training=True)


@pytest.mark.parametrize('neck', [
    None, [INTER], [INTRA], [INTER, INTRA],
    [INTER, dict(INTRA, similarity='l2')]])
def test_features_are_zero_where_an_image_was_padded(
        neck: list[dict] | None) -> None:
    model = build(neck).train()
    inputs = batch(model, (64, 96), (48, 80))['inputs']
    for feat in model.extract_feat(inputs):
        height, width = feat.shape[2:]
        assert (feat[1, :, 3 * height // 4:] == 0).all()
        assert (feat[1, :, :, 5 * width // 6:] == 0).all()
        inside = feat[1, :, :3 * height // 4, :5 * width // 6]
        assert (inside != 0).any(dim=0).all()
        assert (feat[0] != 0).any(dim=0).all()


@pytest.mark.parametrize('neck', [None, [INTER, INTRA]])
def test_no_gradient_reaches_padded_positions(neck: list | None) -> None:
    model = build(neck).train()
    maps: list[Tensor] = []

    def keep(_module: nn.Module, _args: tuple, output: tuple) -> None:
        output[-1].retain_grad()
        maps.append(output[-1])

    model.backbone.register_forward_hook(keep)
    data = batch(model, (64, 96), (48, 80))
    model(**data, mode='loss')['loss'].backward()
    gradient = maps[0].grad  # (2, 64, 4, 6)
    assert (maps[0][1, :, 3:] != 0).any()  # the backbone does not see padding
    assert (gradient[1, :, 3:] == 0).all()
    assert (gradient[1, :, :, 5:] == 0).all()
    assert (gradient[1, :, :3, :5] != 0).any()
    assert (gradient[0] != 0).any()


def test_images_of_one_size_are_not_changed() -> None:
    model = build(None).eval()
    inputs = batch(model, (64, 96), (64, 96))['inputs']
    with torch.no_grad():
        for feat, plain in zip(
                model.extract_feat(inputs), model.backbone(inputs),
                strict=True):
            torch.testing.assert_close(feat, plain)


def test_stages_of_feature_extraction() -> None:
    model = build([INTER, INTRA]).train()
    inputs = batch(model, (64, 96), (64, 96))['inputs']
    before = model.extract_feat(inputs, stage='backbone')
    after = model.extract_feat(inputs)
    assert torch.equal(before[0], after[0])
    assert not torch.equal(before[1], after[1])
    pooled = model.extract_feat(inputs, stage='pre_logits')
    torch.testing.assert_close(pooled.flatten(1), after[1].mean((2, 3)))


def test_score_is_the_mean_of_the_signed_map() -> None:
    model = build([INTRA]).eval()
    inputs = batch(model, (64, 96))['inputs']
    with torch.no_grad():
        feats = model.extract_feat(inputs)
        scores = model(inputs)
    linear = model.head.classifier(feats[-1])
    torch.testing.assert_close(scores, linear.mean((2, 3)))


@pytest.mark.parametrize('sign', [1, -1])
def test_common_classes_choose_the_side_of_each_group(sign: int) -> None:
    """Scores that rise or fall with the activation: one side or the other."""
    model = build([dict(INTER, orientation='labels')]).train()
    data = batch(model, *[(64, 96)] * 4)
    labels = ([0, 1], [1, 2], [2], [0, 2])  # common: 1 and 2
    for sample, label in zip(data['data_samples'], labels, strict=True):
        sample.set_gt_label(label)
    with torch.no_grad():  # the class that is not common says the opposite
        weight = torch.tensor([-sign, sign, sign]).float()
        model.head.classifier.weight.copy_(weight.view(3, 1, 1, 1).expand(
            -1, 64, -1, -1))
    before = model.extract_feat(data['inputs'], stage='backbone')[-1]
    after = model.extract_feat(**data)[-1]
    raised = (after / before.clamp(1e-6)).amax(dim=1) > 1.2  # (4, h, w)
    strength = before.sum(dim=1)
    for pair in (slice(0, 2), slice(2, 4)):
        gap = (strength[pair][raised[pair]].mean()
               - strength[pair][~raised[pair]].mean())
        assert gap * sign > 0
    model.eval()
    assert model.loss(data['inputs'][:1], data['data_samples'][:1])
    with pytest.raises(ValueError, match='takes data_samples'):
        model.extract_feat(data['inputs'], group_size=2)
