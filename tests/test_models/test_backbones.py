# Copyright (c) COMNet contributors. All rights reserved.
"""Each family of backbones trains, and its CAMs lie where the image does."""

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import torch
from helpers.backbones import (
    CONVNEXT,
    DINOV2,
    EVA02,
    FAMILIES,
    HIERARCHICAL,
    PLAIN,
    RESNET,
    SWIN,
    VIT,
    build_backbone,
)
from helpers.networks import batch
from mmengine.config import ConfigDict
from mmengine.optim import OptimWrapper
from mmengine.registry import MODELS, DefaultScope
from torch import Tensor, nn
from torch.nn import functional as F

from comnet.engine.pretrained import load_pretrained, read_pretrained
from comnet.models import CAMExtractor
from comnet.ops import multi_scale_cam
from comnet.utils import InputError

INTER = dict(type='InterMatching', alpha=1.5)
INTRA = dict(type='IntraMatching', in_channels=None, num_neighbors=4)
MEAN, STD = [120.0] * 3, [60.0] * 3


def classifier(backbone: dict, neck: list | None = None,
               **head: Any) -> nn.Module:
    """Build a COMNet that asks its backbone for the channels."""
    torch.manual_seed(0)
    with DefaultScope.overwrite_default_scope('mmpretrain'):
        return MODELS.build(dict(
            type='COMNet', data_preprocessor=dict(mean=MEAN, std=STD),
            backbone=deepcopy(backbone), neck=deepcopy(neck),
            head=dict(type='COMNetHead', num_classes=4, **head)))


def segmentor(model: dict, size: tuple[int, int]) -> nn.Module:
    """Build a network of mmseg's."""
    torch.manual_seed(0)
    with DefaultScope.overwrite_default_scope('mmseg'):
        return MODELS.build(ConfigDict(
            data_preprocessor=dict(
                type='SegDataPreProcessor', mean=MEAN, std=STD, size=size,
                seg_pad_val=255),
            **deepcopy(model)))


def channels_of(name: str) -> int:
    """Return the channels of a family's last maps."""
    return dict(resnet=64, swin=128, mobilenet_v3=576).get(name, 32)


def of_mmpretrain(backbone: dict) -> dict:
    return dict(backbone, type=f'mmpretrain.{backbone["type"]}')


def takes_a_step(model: nn.Module, data: dict) -> None:
    """Train once and look at what has changed."""
    optim = OptimWrapper(torch.optim.SGD(model.parameters(), lr=0.01))
    before = {name: value.detach().clone()
              for name, value in model.named_parameters()}
    model.train()
    log = model.train_step(data, optim)
    assert log['loss'].isfinite()
    after = dict(model.named_parameters())
    assert all(value.isfinite().all() for value in after.values())
    changed = {name.split('.')[0] for name, value in before.items()
               if not torch.equal(value, after[name])}
    assert changed == {name.split('.')[0] for name, value in after.items()
                       if value.requires_grad}


@pytest.mark.parametrize('name', FAMILIES)
def test_classifier_learns(name: str) -> None:
    model = classifier(FAMILIES[name], [
        INTER, dict(INTRA, in_channels=channels_of(name))])
    data = batch(ConfigDict(head={}), 2, (56, 72))
    takes_a_step(model, data)


@pytest.mark.parametrize('name', FAMILIES)
def test_cams_of_any_size(name: str) -> None:
    model = classifier(FAMILIES[name], [INTER, INTRA]).eval()
    image = torch.randint(256, (3, 75, 101), dtype=torch.uint8)
    cams = CAMExtractor(model, scales=(1.0, 1.5))(image, [0, 2])
    assert cams.cam.shape == (2, 19, 26)
    assert cams.cam.max() <= 1
    assert cams.scores is not None
    assert cams.scores.shape == (4, )


@pytest.mark.parametrize('name', HIERARCHICAL)
def test_irnet_learns_and_predicts(name: str) -> None:
    model = segmentor(dict(
        type='IRNet', backbone=of_mmpretrain(HIERARCHICAL[name]), radius=4),
        (64, 64))
    takes_a_step(model, batch(ConfigDict(), 1))
    model.eval()
    image = torch.randn(1, 3, 75, 101)
    sample, = model.predict(image)
    assert sample.boundary.data.shape == (1, 19, 26)
    logits, field = model(image)
    assert logits.shape == (1, 1, 19, 26)
    assert field.shape == (1, 2, 19, 26)


@pytest.mark.parametrize('name', FAMILIES)
def test_segmentor_learns(name: str) -> None:
    model = segmentor(dict(
        type='EncoderDecoder', backbone=of_mmpretrain(FAMILIES[name]),
        decode_head=dict(type='DeepLabV2Head', in_channels=channels_of(name),
                         num_classes=4, dilations=(1, 2)),
        train_cfg={}, test_cfg=dict(mode='whole')), (64, 64))
    takes_a_step(model, batch(ConfigDict(), 1))


@pytest.mark.parametrize('name', PLAIN)
def test_maps_are_the_tokens_of_patches(name: str) -> None:
    model = classifier(FAMILIES[name]).eval()
    raw = build_backbone(dict(FAMILIES[name], out_type='raw'))
    raw.load_state_dict(model.backbone.state_dict())
    image = torch.randn(1, 3, 75, 101)
    step = model.info.step
    rows, columns = -(-75 // step), -(-101 // step)
    whole = F.pad(image, (0, columns * step - 101, 0, rows * step - 75))
    with torch.no_grad():
        maps, = model.extract_feat(image)
        tokens, = raw(whole)
    assert tokens.shape[1] == 1 + rows * columns  # a class token before them
    for row in range(rows):
        for column in range(columns):
            torch.testing.assert_close(
                maps[0, :, row, column], tokens[0, 1 + row * columns + column])


def test_positions_are_resized_to_each_image() -> None:
    backbone = build_backbone(VIT)
    image = torch.randn(1, 3, 48, 96)
    square = backbone.pos_embed[:, 1:].unflatten(1, (4, 4)).permute(0, 3, 1, 2)
    expected = F.interpolate(square, size=(3, 6), mode='bicubic')
    seen = []
    backbone.layers[0].register_forward_pre_hook(
        lambda _, inputs: seen.append(inputs[0]))
    with torch.no_grad():
        backbone(image)
        patches, _ = backbone.patch_embed(image)
    torch.testing.assert_close(
        seen[0][:, 1:], patches + expected.flatten(2).transpose(1, 2))


@pytest.mark.parametrize('config', [CONVNEXT, DINOV2, SWIN])
def test_what_lies_at_the_border_is_seen(config: dict) -> None:
    model = classifier(config).eval()
    image = torch.zeros(1, 3, 75, 101)
    marked = image.clone()
    marked[..., -1, -1] = 9
    with torch.no_grad():
        plain, changed = (model.score_maps(each, []) for each in (
            image, marked))
    assert not torch.equal(plain[..., -1, -1], changed[..., -1, -1])


@pytest.mark.parametrize('size', [(56, 84), (57, 84), (75, 101), (69, 97)])
@pytest.mark.parametrize('flip', [False, True])
def test_cams_of_patches_end_where_the_image_does(
        size: tuple[int, int], flip: bool) -> None:
    patch = 14

    def score_maps(images: Tensor) -> Tensor:
        """Return the mean of each patch of images that are filled up."""
        down, right = (-side % patch for side in images.shape[2:])
        whole = F.pad(images, (0, right, 0, down), mode='replicate')
        return F.avg_pool2d(whole[:, :1], patch)

    # a ramp over the columns: its mean in a patch is that of the centre
    ramp = torch.arange(size[1]).expand(3, *size).float() + 0.5
    cam, _ = multi_scale_cam(
        score_maps, ramp, [0], (1.0, ), flip, patch=patch)
    small = -(-size[1] // 4)
    centres = (torch.arange(small) + 0.5) * size[1] / small
    inside = (centres > patch) & (centres < size[1] // patch * patch - patch)
    values = cam[0][:, inside] / cam[0][:, inside].mean()
    expected = centres[inside] / centres[inside].mean()
    torch.testing.assert_close(
        values, expected.expand_as(values), rtol=0, atol=2e-3)


@pytest.mark.parametrize('reduce', ['max', 'mean'])
def test_mlp_keeps_negative_features(reduce: str) -> None:
    model = classifier(VIT, [dict(
        INTRA, in_channels=32, reduce=reduce, keep_scale=False)]).eval()
    module, = model.neck_modules()
    nn.init.normal_(module.expand.weight)
    feat = torch.randn(1, 32, 3, 5)
    points = feat[0].flatten(1).T
    hidden = points + (
        module.expand.weight @ (module.squeeze.weight @ points.T).relu()).T
    unit = F.normalize(points, dim=1)
    alike = (unit @ unit.T).fill_diagonal_(-2).topk(4).indices
    near = hidden[alike]  # (N, k, c)
    expected = near.amax(1) if reduce == 'max' else near.mean(1)
    result, = module((feat, ))
    torch.testing.assert_close(result[0].flatten(1).T, expected)
    assert (result < 0).any()


def test_new_mlp_changes_nothing_of_negative_features() -> None:
    plain, new = (
        classifier(VIT, [dict(INTRA, in_channels=channels)]).neck_modules()[0]
        for channels in (None, 32))
    feat = torch.randn(2, 32, 4, 4)
    torch.testing.assert_close(new((feat, ))[0], plain((feat, ))[0])
    assert (new.mlp(feat.flatten(2).mT) < 0).any()


def test_scale_of_negative_features_is_kept() -> None:
    module, = classifier(VIT, [INTRA]).neck_modules()
    feat = torch.randn(2, 32, 4, 4) * torch.tensor([1, 50])[
        :, None, None, None]
    result, = module((feat, ))
    torch.testing.assert_close(
        result.abs().mean((1, 2, 3)), feat.abs().mean((1, 2, 3)))


def test_padding_is_not_above_negative_features() -> None:
    module, = classifier(VIT, [dict(INTRA, keep_scale=False)]).neck_modules()
    feat = -torch.rand(1, 32, 1, 3)  # fewer points than neighbours
    padded = F.pad(feat, (0, 4, 0, 2))
    torch.testing.assert_close(
        module((padded, ))[0], F.pad(module((feat, ))[0], (0, 4, 0, 2)))


def test_matching_of_negative_features() -> None:
    model = classifier(VIT, [INTER]).eval()
    module, = model.neck_modules()
    feat = torch.randn(2, 32, 3, 4)
    points = F.normalize(feat, dim=1).transpose(0, 1).flatten(1)  # (c, n)
    _, vectors = torch.linalg.eigh(points.T @ points - 1)
    expected = vectors[:, -1]  # M*
    strength = module.match(feat, 2).flatten()
    assert F.cosine_similarity(
        strength, expected, dim=0).abs() == pytest.approx(1, abs=1e-4)
    result, = module((feat, ), 2)
    assert torch.equal(
        result, feat * torch.where(
            strength > 0, 1.5, 1.0).reshape(2, 1, 3, 4))


def test_wrong_numbers_are_named() -> None:
    with pytest.raises(InputError, match='has 64 channels; set in_channels=6'):
        classifier(RESNET, in_channels=512)
    with pytest.raises(InputError, match='IntraMatching: in_channels is 512'):
        classifier(RESNET, [INTER, dict(INTRA, in_channels=512)])


def test_own_neck_may_change_the_channels() -> None:
    neck = [dict(type='mmpretrain.GlobalAveragePooling')]
    assert classifier(RESNET, neck, in_channels=64).head is not None
    assert classifier(RESNET, neck, in_channels=7).head is not None
    assert classifier(RESNET, neck).head.classifier.in_channels == 64


@pytest.mark.parametrize('head', [
    dict(type='DeepLabV2Head'), dict(type='ReducedASPPHead', channels=16),
    dict(type='PixelHead')])
@pytest.mark.parametrize(('backbone', 'change', 'advice'), [
    (RESNET, dict(in_channels=99), 'has 64 channels; set in_channels=64'),
    (RESNET, dict(in_index=3), 'returns 1 stages; set in_index=-1'),
    (dict(VIT, out_type='cls_token'), {}, 'returns no maps')])
def test_head_of_a_segmentor_says_what_to_set(
        head: dict, backbone: dict, change: dict, advice: str) -> None:
    model = segmentor(dict(
        type='EncoderDecoder', backbone=of_mmpretrain(backbone),
        decode_head=dict(head, num_classes=4) | dict(in_channels=64) | change,
        train_cfg={}, test_cfg=dict(mode='whole')), (64, 64))
    with pytest.raises(InputError, match=advice) as error:
        model.eval()(torch.zeros(1, 3, 64, 64))
    assert str(error.value).startswith(f'{head["type"]}: ')


def test_rotary_positions_are_no_weights(tmp_path: Path) -> None:
    theirs = build_backbone(dict(EVA02, type='ViTEVA02'))
    file = tmp_path / 'weights.pth'
    torch.save(theirs.state_dict(), file)
    model, other = classifier(EVA02).eval(), classifier(EVA02)
    load_pretrained(model.backbone, dict(checkpoint=file))
    for size in (75, 101), (56, 56):
        image = torch.randn(1, 3, *size)
        with torch.no_grad():
            torch.testing.assert_close(
                model.backbone(image), theirs(image))
        other.load_state_dict(model.state_dict())


@pytest.mark.parametrize('name', FAMILIES)
def test_weights_of_a_classifier_fill_the_backbone(
        name: str, tmp_path: Path) -> None:
    wanted = dict(FAMILIES, **HIERARCHICAL)[name]  # all of its stages
    known = {key: value for key, value in wanted.items() if key not in (
        'out_indices', 'out_type', 'gap_before_final_norm')}
    known['type'] = known['type'].replace('EVA02', 'ViTEVA02')
    theirs, ours = build_backbone(known), build_backbone(wanted)
    file = tmp_path / 'weights.pth'
    torch.save(dict(state_dict={
        f'backbone.{key}': value + 1
        for key, value in theirs.state_dict().items()}), file)
    load_pretrained(ours, dict(checkpoint=file, prefix='backbone'))
    weights = ours.state_dict()
    for key, value in theirs.state_dict().items():
        if 'rope' not in key:
            assert torch.equal(weights[key], value + 1), key
    others = {key.split('.')[0] for key in weights} - {
        key.split('.')[0] for key in theirs.state_dict()}
    assert others <= {'norm0', 'norm1', 'norm2'}


@pytest.mark.parametrize('img_size', [32, 96])
def test_positions_of_weights_of_another_size_are_resized(
        img_size: int, tmp_path: Path) -> None:
    theirs = build_backbone(dict(VIT, img_size=img_size))
    ours = build_backbone(VIT)
    file = tmp_path / 'weights.pth'
    torch.save(theirs.state_dict(), file)
    before = ours.pos_embed.clone()
    read_pretrained(ours, dict(checkpoint=file))
    assert torch.equal(ours.pos_embed, before)
    load_pretrained(ours, dict(checkpoint=file))
    grid = img_size // 16
    square = theirs.pos_embed[:, 1:].unflatten(1, (grid, grid))
    expected = F.interpolate(
        square.permute(0, 3, 1, 2), size=(4, 4), mode='bicubic')
    torch.testing.assert_close(
        ours.pos_embed[:, 1:], expected.flatten(2).transpose(1, 2))


def test_weights_of_an_older_swin(tmp_path: Path) -> None:
    weights = build_backbone(SWIN).state_dict()
    older = {name.replace('norm3.', 'norm.'): value + 1
             for name, value in weights.items()}
    older['stages.0.blocks.0.attn.attn_mask'] = torch.zeros(4, 49, 49)
    file = tmp_path / 'weights.pth'
    torch.save(older, file)
    backbone = build_backbone(SWIN)
    load_pretrained(backbone, dict(checkpoint=file))
    for name, value in backbone.state_dict().items():
        assert torch.equal(value, weights[name] + 1), name
