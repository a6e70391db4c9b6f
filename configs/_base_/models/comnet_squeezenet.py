# SqueezeNet 1.1 with weights of Caffe's kind: BGR, no scaling.
pretrained = None

model = dict(
    type='COMNet',
    data_preprocessor=dict(
        mean=[103.939, 116.779, 123.68], std=[1, 1, 1], to_rgb=False),
    backbone=dict(
        type='TorchvisionBackbone',
        arch='squeezenet1_1',
        init_cfg=dict(type='Pretrained', checkpoint=pretrained)),
    neck=[
        dict(type='InterMatching', alpha=1.5),
        dict(type='IntraMatching', in_channels=512, num_neighbors=8)
    ],
    head=dict(type='COMNetHead', num_classes=20, in_channels=512))
