# Copyright (c) COMNet contributors. All rights reserved.
"""A backbone is asked for its maps, and those without maps are refused."""

from pathlib import Path

import pytest
import torch
from helpers.backbones import (
    CLIP,
    CONVNEXT,
    DEIT3,
    DINOV2,
    EVA02,
    HIERARCHICAL,
    MOBILENET,
    RESNET,
    SWIN,
    VIT,
    build_backbone,
)
from torch import Tensor, nn

from comnet.models.feature_info import FeatureInfo, feature_info
from comnet.utils import InputError

FOUND = [
    (RESNET, (64, ), (16, ), False, 1),
    (HIERARCHICAL['resnet'], (8, 16, 32, 64), (4, 8, 16, 16), False, 1),
    (dict(type='TorchvisionBackbone', arch='squeezenet1_1'),
     (512, ), (16, ), False, 1),
    (dict(type='TorchvisionBackbone', arch='vgg16', out_indices=(8, 29)),
     (128, 512), (2, 16), False, 1),
    (MOBILENET, (576, ), (32, ), True, 1),
    (HIERARCHICAL['convnext'], (8, 16, 24, 32), (4, 8, 16, 32), True, 32),
    (HIERARCHICAL['swin'], (16, 32, 64, 128), (4, 8, 16, 32), True, 32),
    (dict(VIT, patch_size=8), (32, ), (8, ), True, 8),
    (dict(VIT, out_indices=(0, 2)), (32, 32), (16, 16), True, 16),
    (DEIT3, (32, ), (16, ), True, 16),
    (DINOV2, (32, ), (14, ), True, 14),
    (CLIP, (32, ), (16, ), True, 16),
    (EVA02, (32, ), (14, ), True, 14),
]


@pytest.mark.parametrize(
    ('config', 'channels', 'strides', 'signed', 'step'), FOUND,
    ids=lambda value: value['type'] if isinstance(value, dict) else '')
def test_channels_strides_signs_and_patches(
        config: dict, channels: tuple, strides: tuple, signed: bool,
        step: int) -> None:
    assert feature_info(build_backbone(config)) == FeatureInfo(
        channels, strides, (signed, ) * len(channels), step)


@pytest.mark.parametrize('config', [RESNET, EVA02])
def test_asking_changes_nothing(config: dict) -> None:
    backbone = build_backbone(config)
    backbone.train()
    before = {name: value.clone()
              for name, value in backbone.state_dict().items()}
    random_state = torch.get_rng_state()
    feature_info(backbone)
    assert backbone.training
    assert torch.equal(torch.get_rng_state(), random_state)
    for name, value in backbone.state_dict().items():
        assert torch.equal(value, before[name]), name


def test_nothing_is_kept_of_the_question(tmp_path: Path) -> None:
    cached = build_backbone(dict(
        type='CachedBackbone', cache_dir=str(tmp_path), backbone=RESNET))
    assert feature_info(cached) == feature_info(build_backbone(RESNET))
    assert not [*tmp_path.iterdir()]


@pytest.mark.parametrize(('config', 'advice'), [
    (dict(type='ConvNeXt', arch=CONVNEXT['arch']),
     r'\(1, 32\); set gap_before_final_norm=False'),
    (dict(VIT, out_type='cls_token'), r"\(1, 32\); set out_type='featmap'"),
    (dict(EVA02, out_type='avg_featmap'), "set out_type='featmap'"),
    (dict(VIT, out_type='raw'), r"\(1, 33, 32\); set out_type='featmap'"),
    (dict(SWIN, pad_small_map=False), 'set `pad_small_map=True`'),
    (dict(VIT, type='BEiTViT'), 'but CAMs are of all sizes')])
def test_what_has_no_maps_says_what_to_set(config: dict, advice: str) -> None:
    backbone = build_backbone(config)
    with pytest.raises(InputError, match=advice) as error:
        feature_info(backbone)
    assert '\n' not in str(error.value)
    assert str(error.value).startswith(f'{config["type"]}: ')


def test_channels_have_to_come_first() -> None:

    class ChannelsLast(nn.Conv2d):
        """A single stage (B, h, w, c)."""

        def forward(self, images: Tensor) -> tuple[Tensor]:
            return (super().forward(images).permute(0, 2, 3, 1), )

    for channels in (8, 32, 500):
        with pytest.raises(InputError, match=r'another backbone'):
            feature_info(ChannelsLast(3, channels, 8, stride=8))


def test_timm() -> None:
    pytest.importorskip('timm')
    config = dict(type='TIMMBackbone', model_name='resnet18')
    info = feature_info(build_backbone(dict(config, features_only=True)))
    assert info.channels == (64, 64, 128, 256, 512)
    assert info.strides == (2, 4, 8, 16, 32)
    # as it is it returns the last stage
    assert feature_info(build_backbone(config)).channels == (512, )


def test_transformers_of_timm() -> None:
    timm = pytest.importorskip('timm')
    name = dict(model_name='vit_tiny_patch16_224')
    config = dict(type='TIMMBackbone', **name)
    with pytest.raises(InputError, match='dynamic_img_size=True'):
        feature_info(build_backbone(config))
    config['dynamic_img_size'] = True
    with pytest.raises(InputError, match='set features_only=True'):
        feature_info(build_backbone(config))
    built = build_backbone(dict(config, features_only=True))
    info = feature_info(built)
    assert info.channels == (192, ) * 3
    assert info.signed == (True, ) * 3
    assert info.step == 16
    # the maps are the tokens of timm's own network
    other = timm.create_model(**name, dynamic_img_size=True).eval()
    other.load_state_dict({
        key.removeprefix('model.'): value
        for key, value in built.timm_model.state_dict().items()}, strict=False)
    images = torch.rand(1, 3, 64, 96)
    maps = other.forward_intermediates(
        images, indices=[11], intermediates_only=True)
    built.eval()
    torch.testing.assert_close(built(images)[-1], maps[0])


def test_swin_of_timm_has_its_channels_last() -> None:
    pytest.importorskip('timm')
    config = dict(
        type='TIMMBackbone', model_name='swin_tiny_patch4_window7_224',
        features_only=True, strict_img_size=False)
    with pytest.raises(InputError, match='set another backbone'):
        feature_info(build_backbone(config))


@pytest.mark.parametrize(('step', 'least', 'size'), [
    (1, 1, (50, 75)), (1, 32, (64, 96)),
    (14, 1, (56, 84)), (14, 32, (84, 84)),
    (16, 1, (64, 80)), (16, 32, (64, 96))])
def test_images_are_filled_up_to_whole_patches(
        step: int, least: int, size: tuple[int, int]) -> None:
    image = torch.rand(1, 3, 50, 75)
    filled = FeatureInfo((8, ), (step, ), (True, ), step).filled_up(
        image, least)
    assert filled.shape == (1, 3, *size)
    assert torch.equal(filled[..., :50, :75], image)
    assert filled.sum() == pytest.approx(image.sum().item())
