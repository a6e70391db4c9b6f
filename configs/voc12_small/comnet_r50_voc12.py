# COMNet, ResNet-50 end to end, the 1,464 pictures of PASCAL VOC 2012's train:
# some 1,500 steps, for one or two CPU cores with `--amp`.
_base_ = [
    '../_base_/models/comnet_r50.py', '../_base_/datasets/frozen_pairs.py',
    '../_base_/schedules/classifier_5e.py'
]
data_root = '{{$COMNET_VOC12:data/VOCdevkit/VOC2012}}'
pretrained = '{{$COMNET_R50:torchvision://resnet50}}'
model = dict(backbone=dict(init_cfg=dict(checkpoint=pretrained)))

train_pipeline = [
    dict(type='LoadVOCImage'),
    # longer side 256 to 512
    dict(type='RandomResize', scale=(320, 320), ratio_range=(0.8, 1.6),
         keep_ratio=True),
    {{_base_.jitter}},
    dict(type='RandomFlip', prob=0.5, direction='horizontal'),
    dict(type='RandomCrop', crop_size=320),
    dict(type='PackInputs')
]
# the CAMs' views are those of the frozen network
train_dataloader = dict(
    dataset=dict(data_root=data_root, pipeline=train_pipeline))
val_dataloader = dict(dataset=dict(data_root=data_root, indices=60))
test_dataloader = dict(dataset=dict(data_root=data_root))

param_scheduler = dict(end=13)
train_cfg = dict(max_epochs=13, val_interval=2)
