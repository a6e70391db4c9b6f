pretrained = None

model = dict(
    type='EncoderDecoder',
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
        init_cfg=dict(type='Pretrained', checkpoint=pretrained)),
    decode_head=dict(
        type='DeepLabV2Head',
        in_channels=512,
        num_classes=21,
        in_index=0,
        dilations=(1, 2, 3, 6)),
    train_cfg=dict(),
    test_cfg=dict(mode='whole'))
