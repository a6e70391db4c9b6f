# Copyright (c) COMNet contributors. All rights reserved.
"""The classifier keeps padding out of features, matching and gradients."""

import pytest
import torch
from mmpretrain.registry import MODELS
from mmpretrain.structures import DataSample
from torch import Tensor, nn

from comnet.utils import InputError

INTER = dict(type='InterMatching', alpha=1.5)
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


class Blocks(nn.Module):
    """A backbone whose features are those of blocks of 16 x 16 pixels."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 64, 16, stride=16)

    def forward(self, inputs: Tensor) -> tuple[Tensor]:
        """Return a single stage, (B, 3, H, W) -> (B, 64, H/16, W/16)."""
        return (self.conv(inputs).relu(), )


def batch(model: nn.Module, *sizes: tuple[int, int],
          group_size: int | None = 2) -> dict:
    """Collate images of several sizes with a label each."""
    generator = torch.Generator().manual_seed(0)
    images = [torch.randint(256, (3, *size), generator=generator,
                            dtype=torch.uint8) for size in sizes]
    meta = dict(group_size=group_size) if group_size else {}
    samples = [
        DataSample(metainfo=dict(meta, img_shape=size)).set_gt_label([1])
        for size in sizes]
    return model.data_preprocessor(
        dict(inputs=images, data_samples=samples), training=True)


@pytest.mark.parametrize('neck', [
    None, [INTER], [INTRA], [INTER, INTRA],
    [INTER, dict(INTRA, similarity='l2')]])
def test_features_are_zero_where_an_image_was_padded(
        neck: list[dict] | None) -> None:
    model = build(neck).train()
    data = batch(model, (64, 96), (48, 80))
    for feat in model.extract_feat(**data):
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


def test_gradients_are_laid_out_like_the_weights() -> None:
    """As data-parallel training wants them, or it warns and copies."""
    model = build([INTER, INTRA]).train()
    data = batch(model, (64, 96), (48, 80))
    model(**data, mode='loss')['loss'].backward()
    learning = [p for p in model.parameters() if p.grad is not None]
    assert any(p.shape[2:] == (1, 1) for p in learning)
    assert all(p.grad.stride() == p.stride() for p in learning)


@pytest.mark.parametrize('neck', [None, [INTER, INTRA]])
def test_few_sizes_reach_the_backbone_in_training(neck: list | None) -> None:
    """For cuDNN; what a batch is filled up with is padding like any other."""
    model = build(neck).train()
    model.backbone = Blocks()
    data = batch(model, (48, 80), (32, 48))
    expected = model.head.loss(
        model.extract_feat(**data), data['data_samples'])['loss']
    sizes = []
    model.backbone.register_forward_pre_hook(
        lambda _, args: sizes.append(args[0].shape[2:]))
    torch.testing.assert_close(model.loss(**data)['loss'], expected)
    assert sizes == [(64, 96)]


def test_images_of_one_size_are_not_changed() -> None:
    model = build(None).eval()
    data = batch(model, (64, 96), (64, 96))
    with torch.no_grad():
        for feat, plain in zip(
                model.extract_feat(**data), model.backbone(data['inputs']),
                strict=True):
            torch.testing.assert_close(feat, plain)


def test_what_is_zero_in_an_image_is_no_padding() -> None:
    """As a plain area of the mean colour is."""
    model = build(None).eval()
    data = batch(model, (64, 96), (48, 80))
    data['inputs'][:, :, 16:, 32:] = 0
    with torch.no_grad():
        plain = model.extract_feat(data['inputs'])[-1]  # no sizes, no padding
        feat = model.extract_feat(**data)[-1]
    assert torch.equal(feat[0], plain[0])
    assert torch.equal(feat[1, :, :3, :5], plain[1, :, :3, :5])
    assert (feat[1, :, 3:] == 0).all() and (feat[1, :, :, 5:] == 0).all()


def test_maps_are_those_of_unpadded_images() -> None:
    """Views are scaled: the size of the data sample is not theirs."""
    model = build([INTER, INTRA]).eval()
    data = batch(model, (64, 96), (64, 96))
    maps = model.score_maps(data['inputs'], data['data_samples'])
    torch.testing.assert_close(
        maps, model.head.score_maps(model.extract_feat(**data)))
    for sample in data['data_samples']:
        sample.set_metainfo(dict(img_shape=(32, 48)))
    assert torch.equal(
        model.score_maps(data['inputs'], data['data_samples']), maps)


@pytest.mark.parametrize('neck', [
    None, [INTER], [INTRA], [INTER, INTRA], [INTRA, INTER],
    [INTER, INTRA, INTER]])
def test_maps_of_the_first_of_each_group(neck: list | None) -> None:
    model = build(neck).eval()
    data = batch(model, *[(64, 96)] * 6, group_size=3)
    maps = model.score_maps(data['inputs'], data['data_samples'])
    torch.testing.assert_close(
        model.score_maps(data['inputs'], data['data_samples'], leaders=True),
        maps[::3])


def test_prediction_knows_the_padding() -> None:
    model = build([INTRA]).eval()
    data = batch(model, (64, 96), (48, 80), group_size=None)
    with torch.no_grad():
        maps = model.head.score_maps(model.extract_feat(**data)).relu()
        for sample, cam in zip(
                model(**data, mode='predict'), maps, strict=True):
            height, width = (side // 16 for side in sample.img_shape)
            assert torch.equal(sample.cam, cam[:, :height, :width])


def test_padded_image_scores_as_the_image_alone() -> None:
    """With a backbone of a pixel's sight: the others see the padding."""
    model = build([INTRA]).eval()
    model.backbone = Blocks()
    model.head.classifier.weight.data.normal_()
    data = batch(model, (64, 96), (48, 80), group_size=None)
    image, sample = data['inputs'][1:, :, :48, :80], data['data_samples'][1]
    image[:, :, :16, :16] = 0  # the mean colour, but not padding
    with torch.no_grad():
        _, padded = model(**data, mode='predict')
        alone, = model(image, [sample.new()], mode='predict')
    torch.testing.assert_close(padded.pred_score, alone.pred_score)
    torch.testing.assert_close(padded.cam, alone.cam)


def test_image_of_unknown_size_is_refused() -> None:
    model = build(None)
    data = batch(model, (64, 96))
    with pytest.raises(InputError, match="add 'img_shape' to the meta_keys"):
        model.extract_feat(data['inputs'], data_samples=[DataSample()])


def test_stages_of_feature_extraction() -> None:
    model = build([INTER, INTRA]).train()
    data = batch(model, (64, 96), (64, 96))
    before = model.extract_feat(**data, stage='backbone')
    after = model.extract_feat(**data)
    assert torch.equal(before[0], after[0])
    assert not torch.equal(before[1], after[1])
    pooled = model.extract_feat(**data, stage='pre_logits')
    torch.testing.assert_close(pooled.flatten(1), after[1].mean((2, 3)))


def test_score_is_the_mean_of_the_signed_map() -> None:
    model = build([INTRA]).eval()
    inputs = batch(model, (64, 96))['inputs']
    with torch.no_grad():
        feats = model.extract_feat(inputs)
        scores = model(inputs)
    linear = model.head.classifier(feats[-1])
    torch.testing.assert_close(scores, linear.mean((2, 3)))


def test_size_of_the_groups_is_that_of_the_samples() -> None:
    model = build([INTER]).eval()
    data = batch(model, *[(64, 96)] * 4, group_size=None)
    alone, = model.neck
    plain = model.extract_feat(**data)
    for size in (1, 2, 4):
        for sample in data['data_samples']:
            sample.set_metainfo(dict(group_size=size))
        for feat, expected in zip(
                model.extract_feat(**data), alone(plain, size), strict=True):
            assert torch.equal(feat, expected)
    data['data_samples'][0].set_metainfo(dict(group_size=2))
    with pytest.raises(ValueError, match='several sizes'):
        model.extract_feat(**data)


def test_batch_without_groups_is_evaluated_not_trained() -> None:
    model = build([INTER])
    data = batch(model, (64, 96), group_size=None)
    assert model.eval()(**data, mode='loss')
    with pytest.raises(InputError, match='group_collate'):
        model.train()(**data, mode='loss')


def test_negatives_are_learnt_from_without_matching() -> None:
    """Their features are those of no neck, and their target is 0."""
    model = build([INTER]).train()
    data = batch(model, (64, 96), (48, 80), (64, 96), (48, 80))
    for sample in data['data_samples'][2:]:
        sample.set_gt_label([])
    before = model.extract_feat(**data, stage='backbone')[-1]
    after = model.extract_feat(**data)[-1]
    assert not torch.equal(after[:2], before[:2])
    assert torch.equal(after[2:], before[2:])
    scores = model.head((after, ))
    target = torch.tensor([[0., 1, 0]] * 2 + [[0., 0, 0]] * 2)
    torch.testing.assert_close(
        model(**data, mode='loss')['loss'],
        nn.MultiLabelSoftMarginLoss()(scores, target))
