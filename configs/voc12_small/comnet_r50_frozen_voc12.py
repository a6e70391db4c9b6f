# COMNet, frozen ResNet-50, the 1,464 pictures of PASCAL VOC 2012's train:
# small enough for two CPU cores.
_base_ = [
    '../_base_/models/comnet_r50_frozen.py',
    '../_base_/datasets/voc_pairs.py', '../_base_/schedules/classifier_5e.py',
    '../_base_/default_runtime.py'
]
default_scope = 'mmpretrain'
data_root = '{{$COMNET_VOC12:data/VOCdevkit/VOC2012}}'
train_list = 'ImageSets/Segmentation/train.txt'
pretrained = '{{$COMNET_R50:torchvision://resnet50}}'

# two views a picture, one size for all: no padding, and each is kept
train_pipeline = [
    dict(type='LoadVOCImage'),
    dict(type='Resize', scale=(320, 320), keep_ratio=False),
    dict(type='RandomFlip', prob=0.5, direction='horizontal'),
    dict(type='PackInputs')
]
test_pipeline = [
    dict(type='LoadVOCImage'),
    dict(type='Resize', scale=(480, 480), keep_ratio=False),
    dict(
        type='PackInputs',
        meta_keys=('img_id', 'img_path', 'seg_map_path', 'ori_shape',
                   'img_shape'))
]
train_dataloader = dict(
    num_workers=1,
    dataset=dict(
        data_root=data_root,
        image_set_path=train_list,
        pipeline=train_pipeline))
val_dataloader = dict(
    num_workers=1,
    dataset=dict(
        data_root=data_root,
        image_set_path=train_list,
        pipeline=test_pipeline))
test_dataloader = val_dataloader
custom_hooks = [
    dict(type='GroupSamplingHook'),
    dict(type='CAMHook', scales=(2 / 3, 1 / 3, 1)),  # 320, 160 and 480
    dict(type='ProgressHook')
]

optim_wrapper = dict(
    optimizer=dict(
        _delete_=True, type='AdamW', lr=1e-3, weight_decay=0.01))
param_scheduler = dict(end=4)
train_cfg = dict(max_epochs=4, val_interval=4)
default_hooks = dict(checkpoint=dict(max_keep_ckpts=1))
