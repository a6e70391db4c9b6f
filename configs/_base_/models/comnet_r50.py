# Stride 16, batch norm with its ImageNet statistics, no gradient below
# stage 3, as in IRN.
pretrained = 'torchvision://resnet50'

model = dict(
    type='COMNet',
    data_preprocessor=dict(
        mean=[123.675, 116.28, 103.53],
        std=[58.395, 57.12, 57.375],
        to_rgb=True),
    backbone=dict(
        type='ResNet',
        depth=50,
        strides=(1, 2, 2, 1),
        out_indices=(3, ),
        frozen_stages=2,
        norm_eval=True,
        init_cfg=dict(type='Pretrained', checkpoint=pretrained)),
    neck=[
        dict(type='InterMatching', alpha=1.5),
        dict(
            type='IntraMatching',
            in_channels=2048,
            mid_channels=128,
            num_neighbors=8)
    ],
    head=dict(type='COMNetHead', num_classes=20))
