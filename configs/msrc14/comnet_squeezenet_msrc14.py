# COMNet, SqueezeNet 1.1, MSRC14: small enough for two CPU cores.
_base_ = [
    '../_base_/models/comnet_squeezenet.py', '../_base_/datasets/voc_pairs.py',
    '../_base_/schedules/classifier_5e.py', '../_base_/default_runtime.py'
]
default_scope = 'mmpretrain'
data_root = '{{$COMNET_MSRC14:data/MSRC14}}'
train_list = 'ImageSets/Segmentation/train.txt'
pretrained = '{{$COMNET_SQUEEZENET:data/squeezenet1_1_imagenet.pth}}'

model = dict(
    backbone=dict(init_cfg=dict(checkpoint=pretrained)),
    head=dict(num_classes=14))

train_pipeline = [
    dict(type='LoadVOCImage'),
    dict(
        type='RandomResize',
        scale=(320, 320),
        ratio_range=(0.8, 1.6),
        keep_ratio=True),
    dict(
        type='ColorJitter',
        brightness=0.3,
        contrast=0.3,
        saturation=0.3,
        hue=0.1),
    dict(type='RandomFlip', prob=0.5, direction='horizontal'),
    dict(type='RandomCrop', crop_size=256),
    dict(type='PackInputs')
]
train_dataloader = dict(
    num_workers=2,
    dataset=dict(
        data_root=data_root,
        image_set_path=train_list,
        pipeline=train_pipeline))
val_dataloader = dict(
    dataset=dict(data_root=data_root, image_set_path=train_list, indices=60))
test_dataloader = dict(
    num_workers=2,
    dataset=dict(data_root=data_root, image_set_path=train_list))

# no batch norm: a small rate
optim_wrapper = dict(optimizer=dict(lr=0.002, momentum=0.9))
param_scheduler = dict(end=12)
train_cfg = dict(max_epochs=12, val_interval=3)
