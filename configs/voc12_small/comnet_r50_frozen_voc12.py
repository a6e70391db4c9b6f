# COMNet, frozen ResNet-50, the 1,464 pictures of PASCAL VOC 2012's train:
# small enough for two CPU cores.
_base_ = [
    '../_base_/models/comnet_r50_frozen.py',
    '../_base_/datasets/frozen_pairs.py',
    '../_base_/schedules/classifier_5e.py', '../_base_/default_runtime.py'
]
default_scope = 'mmpretrain'
data_root = '{{$COMNET_VOC12:data/VOCdevkit/VOC2012}}'
train_list = 'ImageSets/Segmentation/train.txt'
pretrained = '{{$COMNET_R50:torchvision://resnet50}}'

train_dataloader = dict(dataset=dict(data_root=data_root))
val_dataloader = dict(dataset=dict(data_root=data_root))
test_dataloader = val_dataloader

optim_wrapper = dict(
    optimizer=dict(
        _delete_=True, type='AdamW', lr=1e-3, weight_decay=0.01))
param_scheduler = dict(end=4)
train_cfg = dict(max_epochs=4, val_interval=4)
