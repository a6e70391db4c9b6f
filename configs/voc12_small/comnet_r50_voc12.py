# COMNet, ResNet-50 end to end, the 1,464 pictures of PASCAL VOC 2012's train:
# some 1,500 steps, for one or two CPU cores with `--amp`.
_base_ = '../comnet_r50_voc.py'
data_root = '{{$COMNET_VOC12:data/VOCdevkit/VOC2012}}'
train_list = 'ImageSets/Segmentation/train.txt'
pretrained = '{{$COMNET_R50:torchvision://resnet50}}'
model = dict(backbone=dict(init_cfg=dict(checkpoint=pretrained)))

train_pipeline = [
    dict(type='LoadVOCImage'),
    # longer side 256 to 512
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
    dict(type='RandomCrop', crop_size=320),
    dict(type='PackInputs')
]
# as with frozen features
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
        indices=60,
        pipeline=test_pipeline))
test_dataloader = dict(
    num_workers=1,
    dataset=dict(
        data_root=data_root,
        image_set_path=train_list,
        pipeline=test_pipeline))
custom_hooks = [
    dict(type='GroupSamplingHook'),
    dict(type='CAMHook', scales=(2 / 3, 1 / 3, 1)),  # 320, 160 and 480
    dict(type='ProgressHook')
]

param_scheduler = dict(end=13)
train_cfg = dict(max_epochs=13, val_interval=2)
