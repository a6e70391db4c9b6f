# DeepLab v3+, ResNet-50, PASCAL VOC 2012, on pseudo masks: mmseg's own head.
_base_ = 'deeplabv2_r50_voc.py'
model = dict(
    backbone=dict(out_indices=(0, 1, 2, 3)),
    decode_head=dict(
        _delete_=True,
        type='DepthwiseSeparableASPPHead',
        in_channels=2048,
        in_index=3,
        channels=512,
        dilations=(1, 12, 24, 36),
        c1_in_channels=256,
        c1_channels=48,
        num_classes=21,
        norm_cfg=dict(type='BN', requires_grad=True),
        loss_decode=dict(type='PixelCrossEntropyLoss')))
