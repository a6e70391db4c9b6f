# Copyright (c) COMNet contributors. All rights reserved.
"""A tiny network of each family of backbones, with random weights."""

from copy import deepcopy
from typing import Any

import torch
from mmengine.registry import DefaultScope
from mmpretrain.registry import MODELS
from torch import nn

TOKENS = dict(
    embed_dims=32, num_layers=3, num_heads=2, feedforward_channels=48)
STAGES = dict(depths=[1, 1, 1, 1], channels=[8, 16, 24, 32])
WINDOWS = dict(embed_dims=16, depths=[1, 1, 1, 1], num_heads=[1, 2, 4, 8])

RESNET = dict(
    type='ResNet', depth=18, base_channels=8, stem_channels=8,
    strides=(1, 2, 2, 1))
CONVNEXT = dict(type='ConvNeXt', arch=STAGES, gap_before_final_norm=False,
                layer_scale_init_value=0.5)
SWIN = dict(type='SwinTransformer', arch=WINDOWS, pad_small_map=True)
VIT = dict(type='VisionTransformer', arch=TOKENS, img_size=64,
           out_type='featmap')
DEIT3 = dict(VIT, type='DeiT3')
DINOV2 = dict(VIT, img_size=56, patch_size=14, layer_scale_init_value=0.5)
CLIP = dict(VIT, pre_norm=True)
EVA02 = dict(VIT, type='EVA02', img_size=56, patch_size=14,
             final_norm=False)
MOBILENET = dict(type='MobileNetV3', arch='small')

HIERARCHICAL = dict(  # with their stages at strides 4, 8, 16, …
    resnet=dict(RESNET, out_indices=(0, 1, 2, 3)),
    convnext=dict(CONVNEXT, out_indices=(0, 1, 2, 3)),
    swin=dict(SWIN, out_indices=(0, 1, 2, 3)),
    mobilenet_v3=dict(MOBILENET, out_indices=(1, 3, 8, 12)))
PLAIN = dict(vit=VIT, deit3=DEIT3, dinov2=DINOV2, clip=CLIP, eva02=EVA02)
# their last maps alone
FAMILIES = dict(
    resnet=RESNET, convnext=CONVNEXT, swin=SWIN, mobilenet_v3=MOBILENET,
    **PLAIN)


def build_backbone(config: dict[str, Any]) -> nn.Module:
    """Build a backbone whose weights and positions are random.

    Those that begin as zeros or as the identity would hide mistakes.
    """
    torch.manual_seed(0)
    with DefaultScope.overwrite_default_scope('mmpretrain'):
        backbone = MODELS.build(deepcopy(config))
    for name, weight in backbone.named_parameters():
        if name.endswith(('pos_embed', 'cls_token', 'bias')):
            nn.init.normal_(weight, std=0.5)
    backbone.eval()
    return backbone
