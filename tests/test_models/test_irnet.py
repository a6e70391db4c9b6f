# Copyright (c) COMNet contributors. All rights reserved.
"""IRNet over a tiny backbone, built from its config."""

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import torch
from mmengine.structures import PixelData
from mmseg.registry import MODELS
from mmseg.structures import SegDataSample
from torch import Tensor, nn

from comnet.ops.affinity_losses import affinity_losses, pair_loss_sums
from comnet.utils import InputError

CONFIG = dict(
    type='IRNet',
    backbone=dict(
        type='mmpretrain.ResNet',
        depth=18,
        stem_channels=8,
        base_channels=8,
        out_indices=(0, 1, 2, 3),
        strides=(1, 2, 2, 1)),
    in_channels=[8, 16, 32, 64],
    strides=[4, 8, 16, 16],
    radius=5,
    data_preprocessor=dict(
        type='mmseg.SegDataPreProcessor',
        mean=[123.675, 116.28, 103.53],
        std=[58.395, 57.12, 57.375],
        size=(40, 48)))
LOSSES = {
    'loss_pos_affinity', 'loss_neg_affinity', 'loss_fg_displacement',
    'loss_bg_displacement'
}


def build(**changes: Any) -> nn.Module:
    """Build an IRNet with fixed weights and some settings changed."""
    torch.manual_seed(0)
    return MODELS.build(deepcopy(CONFIG) | changes)


def train_batch(model: nn.Module) -> dict:
    """Return two images with affinity labels, padded to 40 by 48."""
    labels = torch.zeros(1, 37, 45, dtype=torch.uint8)
    labels[:, 10:30, 12:24] = 4
    labels[:, 10:30, 24:40] = 9
    labels[:, 28:34] = 255
    samples = [SegDataSample(gt_sem_seg=PixelData(data=labels.clone()))
               for _ in range(2)]
    images = torch.randint(256, (2, 3, 37, 45))
    return model.data_preprocessor(
        dict(inputs=list(images), data_samples=samples), training=True)


def test_loss_and_backward() -> None:
    model = build().train()
    batch = train_batch(model)
    losses = model(**batch, mode='loss')
    assert set(losses) == LOSSES
    assert all(v.isfinite() and v > 0 for v in losses.values())
    model.parse_losses(losses)[0].backward()
    for name, parameter in model.named_parameters():
        frozen = name.startswith('backbone.')
        assert (parameter.grad is None) == frozen, name
        assert frozen or parameter.grad.abs().sum() > 0, name


def test_loss_uses_labels_at_stride_4() -> None:
    model = build().train()
    batch = train_batch(model)
    losses = model(**batch, mode='loss')
    logits, displacement = model(batch['inputs'], mode='tensor')
    assert logits.shape == (2, 1, 10, 12)
    assert displacement.shape == (2, 2, 10, 12)
    labels = torch.stack([
        s.gt_sem_seg.data[0, 2::4, 2::4] for s in batch['data_samples']])
    expected = affinity_losses(*pair_loss_sums(
        logits.sigmoid()[:, 0], displacement, labels, radius=5))
    for name, value in expected.items():
        torch.testing.assert_close(losses[name], value)


def test_training_lowers_the_loss() -> None:
    model = build().train()
    batch = train_batch(model)
    optimizer = torch.optim.Adam(
        [p for p in model.parameters() if p.requires_grad], lr=0.03)
    history = []
    for _ in range(6):
        loss = sum(model(**batch, mode='loss').values())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        history.append(loss.item())
    assert history[-1] < 0.9 * history[0]


def test_boundaries_are_learnt_the_same_without_displacements() -> None:
    """Bit for bit: the branches share a frozen backbone only."""
    states = []
    for displacement in (True, False):
        model = build(displacement=displacement).train()
        torch.manual_seed(1)
        batch = train_batch(model)
        optimizer = torch.optim.SGD(
            [p for p in model.parameters() if p.requires_grad], lr=0.1)
        for _ in range(3):
            losses = model(**batch, mode='loss')
            optimizer.zero_grad()
            model.parse_losses(losses)[0].backward()
            optimizer.step()
        assert set(losses) == (LOSSES if displacement else {
            'loss_pos_affinity', 'loss_neg_affinity'})
        states.append(model.boundary_branch.state_dict())
    untrained = build().boundary_branch.state_dict()
    for name, value in states[0].items():
        assert torch.equal(states[1][name], value), name
        assert not torch.equal(untrained[name], value), name
    assert model(batch['inputs'], mode='tensor')[1] is None


def test_frozen_backbone_stays_as_it_is() -> None:
    model = build()
    before = deepcopy(model.backbone.state_dict())
    model.eval()
    model.train()
    assert model.training and model.boundary_branch.training
    assert not any(m.training for m in model.backbone.modules())
    losses = model(**train_batch(model), mode='loss')
    sum(losses.values()).backward()
    torch.optim.SGD(model.parameters(), lr=1., weight_decay=1.).step()
    for name, value in model.backbone.state_dict().items():
        assert torch.equal(value, before[name]), name  # statistics, too


def test_backbone_can_be_trained() -> None:
    model = build(freeze_backbone=False).train()
    assert model.backbone.training
    sum(model(**train_batch(model), mode='loss').values()).backward()
    assert model.backbone.conv1.weight.grad.abs().sum() > 0


@pytest.mark.parametrize('size', [(64, 64), (37, 50)])
def test_predict_gives_boundary_at_stride_4(size: tuple[int, int]) -> None:
    model = build().eval()
    inputs = torch.randn(2, 3, *size)
    samples = [SegDataSample(metainfo=dict(img_id=i)) for i in range(2)]
    results = model(inputs, samples, mode='predict')
    assert [s.img_id for s in results] == [0, 1]
    expected = (1, -(-size[0] // 4), -(-size[1] // 4))
    for result in results + model(inputs, mode='predict'):
        boundary = result.boundary.data
        assert boundary.shape == expected
        assert not boundary.requires_grad
        assert ((boundary > 0) & (boundary < 1)).all()


def test_predict_leaves_padding_out() -> None:
    model = build().eval()
    padded = SegDataSample(metainfo=dict(img_padding_size=(0, 11, 0, 6)))
    inputs = torch.randn(1, 3, 48, 64)
    result, = model(inputs, [padded], mode='predict')
    whole, = model(inputs, mode='predict')
    assert result.boundary.shape == (11, 14)  # of 42 x 53 pixels
    assert torch.equal(result.boundary.data, whole.boundary.data[:, :11, :14])


def test_predict_averages_the_logits_of_the_mirror_image() -> None:
    model = build().eval()
    inputs = torch.randn(1, 3, 40, 48)
    result, = model(inputs, mode='predict')
    mirrored, = model(inputs.flip(-1), mode='predict')
    torch.testing.assert_close(
        mirrored.boundary.data.flip(-1), result.boundary.data)
    logits = model(inputs)[0], model(inputs.flip(-1))[0].flip(-1)
    assert not torch.allclose(*logits)
    torch.testing.assert_close(
        result.boundary.data, ((logits[0] + logits[1]) / 2).sigmoid()[0])


def test_mean_displacement_is_subtracted_at_inference() -> None:
    model = build().train()
    mean_shift = model.displacement_branch.mean_shift
    batch = train_batch(model)
    field = model(batch['inputs'])[1]
    assert (mean_shift.running_mean == 0).all()
    expected = torch.zeros(2)
    for _ in range(3):
        model(**batch, mode='loss')
        expected = 0.9 * expected + 0.1 * field.mean(dim=(0, 2, 3))
    torch.testing.assert_close(mean_shift.running_mean, expected)
    assert torch.equal(model(batch['inputs'])[1], field)
    model.eval()
    shifted = model(batch['inputs'])[1]
    torch.testing.assert_close(
        shifted, field - mean_shift.running_mean.view(1, 2, 1, 1))
    assert 'displacement_branch.mean_shift.running_mean' in model.state_dict()


@pytest.mark.parametrize('strides', [[4, 8, 16], [8, 16, 16], [2, 4, 4]])
def test_any_stages(strides: list[int]) -> None:

    @MODELS.register_module(name='PoolingBackbone', force=True)
    class PoolingBackbone(nn.Module):
        """Stages of 3 channels at the given strides."""

        def __init__(self, strides: list[int]) -> None:
            super().__init__()
            self.strides = strides

        def forward(self, x: Tensor) -> tuple[Tensor, ...]:
            return tuple(nn.functional.avg_pool2d(x, s) for s in self.strides)

    model = build(
        backbone=dict(type='PoolingBackbone', strides=strides),
        in_channels=[3, 3, 3],
        strides=strides).train()
    losses = model(**train_batch(model), mode='loss')
    sum(losses.values()).backward()
    for name, parameter in model.named_parameters():
        assert parameter.grad is not None, name


def test_losses_in_float32_under_autocast() -> None:
    model = build().train()
    batch = train_batch(model)
    expected = model(**batch, mode='loss')
    with torch.autocast('cpu', dtype=torch.bfloat16):
        losses = model(**batch, mode='loss')
    for name, value in losses.items():
        assert value.dtype == torch.float32
        torch.testing.assert_close(value, expected[name], rtol=0.05, atol=0)


def test_checkpoint_restores_the_prediction(tmp_path: Path) -> None:
    model = build().train()
    model(**train_batch(model), mode='loss')
    torch.save(model.state_dict(), tmp_path / 'irnet.pth')
    other = build().eval()
    other.load_state_dict(torch.load(tmp_path / 'irnet.pth'))
    inputs = torch.randn(1, 3, 32, 32)
    for a, b in zip(model.eval()(inputs), other(inputs), strict=True):
        assert torch.equal(a, b)


def test_wrong_settings_are_named() -> None:
    with pytest.raises(InputError, match=r'strides \[4, 8, 16, 16\]; set'):
        build(strides=[4, 8])
    with pytest.raises(InputError, match=r'channels \[8, 16, 32, 64\]; set'):
        build(in_channels=[8, 16, 32, 32])
    with pytest.raises(InputError, match='multiple of 8'):
        build(edge_channels=12)
    with pytest.raises(ValueError, match="mode is 'train'"):
        build()(torch.zeros(1, 3, 32, 32), mode='train')


def test_stages_need_not_be_told() -> None:
    told, asked = build(), build(in_channels=None, strides=None)
    assert told.state_dict().keys() == asked.state_dict().keys()
    image = torch.randn(1, 3, 32, 40)
    for one, other in zip(told.eval()(image), asked.eval()(image),
                          strict=True):
        assert torch.equal(one, other)
