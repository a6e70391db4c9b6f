# ResNet-50 with ImageNet's weights, which sees each picture once: classifier
# and matching alone are trained, on what it returned.
_base_ = './comnet_r50.py'
pretrained = 'torchvision://resnet50'

model = dict(
    backbone=dict(
        _delete_=True,
        type='CachedBackbone',
        cache_dir='{{$COMNET_FEATURES:work_dirs/features}}',
        backbone=dict(
            type='ResNet',
            depth=50,
            strides=(1, 2, 2, 1),
            out_indices=(3, ),
            init_cfg=dict(type='Pretrained', checkpoint=pretrained))))
