# Copyright (c) COMNet contributors. All rights reserved.
"""DeepLab v2's head: dilated convolutions whose scores are summed."""

import torch
from mmengine.config import ConfigDict
from mmengine.structures import PixelData
from mmseg.registry import MODELS
from mmseg.structures import SegDataSample
from torch import nn
from torch.nn import functional as F

HEAD = dict(
    type='DeepLabV2Head', in_channels=64, num_classes=4, in_index=0,
    dilations=(1, 2, 5))


def test_score_is_the_sum_of_the_branches() -> None:
    torch.manual_seed(0)
    head = MODELS.build(HEAD).eval()
    feat = torch.rand(2, 64, 9, 11)
    expected = sum(
        F.conv2d(feat, branch.weight, branch.bias, padding=rate,
                 dilation=rate)
        for branch, rate in zip(head.branches, (1, 2, 5), strict=True))
    with torch.no_grad():
        result = head((feat, ))
    assert result.shape == (2, 4, 9, 11)
    torch.testing.assert_close(result, expected)


def test_nothing_but_the_branches_has_parameters() -> None:
    names = {name.split('.')[0] for name, _ in MODELS.build(
        HEAD).named_parameters()}
    assert names == {'branches'}


def segmentor() -> nn.Module:
    torch.manual_seed(0)
    return MODELS.build(ConfigDict(
        type='EncoderDecoder',
        data_preprocessor=dict(
            type='mmseg.SegDataPreProcessor', mean=[120] * 3, std=[60] * 3,
            size=(48, 64), seg_pad_val=255),
        backbone=dict(
            type='ResNet', depth=18, base_channels=8, stem_channels=8,
            strides=(1, 2, 1, 1), out_indices=(3, )),
        decode_head=HEAD,
        train_cfg=dict(),
        test_cfg=dict(mode='whole')))


def test_segmentor_trains_on_labelled_pixels_alone() -> None:
    model = segmentor().train()
    labels = torch.full((1, 48, 64), 255)
    labels[:, 16:32, 16:48] = 2
    data = model.data_preprocessor(dict(
        inputs=[torch.randint(256, (3, 48, 64), dtype=torch.uint8)],
        data_samples=[SegDataSample(gt_sem_seg=PixelData(data=labels))]),
        training=True)
    losses = model(**data, mode='loss')
    with torch.no_grad():
        scores = model(data['inputs'], mode='tensor')
    scores = F.interpolate(scores, (48, 64), mode='bilinear')
    expected = F.cross_entropy(scores, labels, ignore_index=255)
    torch.testing.assert_close(losses['decode.loss_ce'], expected)
    losses['decode.loss_ce'].backward()
    for name, parameter in model.named_parameters():
        assert parameter.grad.abs().sum() > 0, name


def test_segmentor_predicts_labels_of_the_images_size() -> None:
    model = segmentor().eval()
    with torch.no_grad():
        sample, = model.test_step(dict(
            inputs=[torch.randint(256, (3, 41, 59), dtype=torch.uint8)],
            data_samples=[SegDataSample(metainfo=dict(
                ori_shape=(41, 59), img_shape=(41, 59)))]))
    assert sample.pred_sem_seg.data.shape == (1, 41, 59)
    assert sample.pred_sem_seg.data.max() < 4
