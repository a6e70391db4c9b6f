# DeepLab v2 whose ResNet-50 is frozen and sees each picture once, at stride
# 16: what is compared is the pseudo masks.
_base_ = [
    '../_base_/models/deeplabv2_r50.py', '../_base_/datasets/frozen_pseudo.py',
    '../_base_/schedules/deeplabv2_20k.py'
]
data_root = '{{$COMNET_VOC12:data/VOCdevkit/VOC2012}}'
pretrained = '{{$COMNET_R50:torchvision://resnet50}}'

model = dict(
    data_preprocessor=dict(size={{_base_.crop_size}}),
    backbone=dict(
        _delete_=True,
        type='mmpretrain.CachedBackbone',
        cache_dir='{{$COMNET_FEATURES:work_dirs/features}}',
        backbone=dict(
            type='mmpretrain.ResNet',
            depth=50,
            strides=(1, 2, 2, 1),
            out_indices=(3, ),
            init_cfg=dict(type='Pretrained', checkpoint=pretrained))),
    # DeepLab v2's rates, halved as the stride is doubled. With few pictures of
    # a class unweighted scores take objects for background.
    decode_head=dict(
        dilations=(3, 6, 9, 12),
        loss_decode=dict(
            type='PixelCrossEntropyLoss', class_weight=[0.1] + [1.0] * 20)))

train_dataloader = dict(dataset=dict(data_root=data_root))
val_dataloader = train_dataloader
test_dataloader = train_dataloader

optim_wrapper = dict(
    optimizer=dict(_delete_=True, type='AdamW', lr=1e-4, weight_decay=0.01))
param_scheduler = dict(end=600)
train_cfg = dict(max_iters=600, val_interval=601)
default_hooks = dict(checkpoint=dict(by_epoch=False, interval=200))
