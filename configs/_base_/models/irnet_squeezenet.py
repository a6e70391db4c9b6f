pretrained = None

model = dict(
    type='IRNet',
    data_preprocessor=dict(
        type='SegDataPreProcessor',
        mean=[103.939, 116.779, 123.68],
        std=[1, 1, 1],
        bgr_to_rgb=False,
        pad_val=0,
        seg_pad_val=255,
        size=(256, 256)),
    backbone=dict(
        type='mmpretrain.TorchvisionBackbone',
        arch='squeezenet1_1',
        out_indices=(1, 4, 7, 12),
        init_cfg=dict(type='Pretrained', checkpoint=pretrained)),
    in_channels=(64, 128, 256, 512),
    strides=(2, 4, 8, 16),
    radius=10,
    displacement=False)  # of no use to semantic masks
