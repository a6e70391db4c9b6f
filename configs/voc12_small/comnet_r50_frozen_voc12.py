# COMNet, frozen ResNet-50, the 1,464 pictures of PASCAL VOC 2012's train:
# small enough for two CPU cores. Classifier and matching alone are trained, on
# what the backbone, which sees each picture once, returned.
_base_ = [
    '../_base_/models/comnet_r50.py', '../_base_/datasets/frozen_pairs.py',
    '../_base_/schedules/classifier_5e.py'
]
data_root = '{{$COMNET_VOC12:data/VOCdevkit/VOC2012}}'
pretrained = '{{$COMNET_R50:torchvision://resnet50}}'

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

train_dataloader = dict(dataset=dict(data_root=data_root))
val_dataloader = train_dataloader
test_dataloader = train_dataloader

optim_wrapper = dict(
    optimizer=dict(
        _delete_=True, type='AdamW', lr=1e-3, weight_decay=0.01))
param_scheduler = dict(end=4)
train_cfg = dict(max_epochs=4, val_interval=4)
