# SegFormer, MiT-B0, PASCAL VOC 2012, on pseudo masks: mmseg's own parts.
_base_ = 'deeplabv2_r50_voc.py'
pretrained = (
    'https://download.openmmlab.com/mmsegmentation/v0.5/pretrain/segformer/'
    'mit_b0_20220624-7e0fe6dd.pth')
model = dict(
    backbone=dict(
        _delete_=True,
        type='MixVisionTransformer',
        embed_dims=32,
        num_layers=(2, 2, 2, 2),
        num_heads=(1, 2, 5, 8),
        drop_path_rate=0.1,
        init_cfg=dict(type='Pretrained', checkpoint=pretrained)),
    decode_head=dict(
        _delete_=True,
        type='SegformerHead',
        in_channels=(32, 64, 160, 256),
        in_index=(0, 1, 2, 3),
        channels=256,
        num_classes=21,
        norm_cfg=dict(type='BN', requires_grad=True),
        loss_decode=dict(type='PixelCrossEntropyLoss')))
optim_wrapper = dict(
    optimizer=dict(
        _delete_=True, type='AdamW', lr=6e-5, weight_decay=0.01),
    paramwise_cfg=dict(norm_decay_mult=0))
param_scheduler = [
    dict(type='LinearLR', start_factor=1e-6, begin=0, end=1500,
         by_epoch=False),
    dict(type='PolyLR', power=1, eta_min=0, begin=1500, end=20000,
         by_epoch=False)
]
