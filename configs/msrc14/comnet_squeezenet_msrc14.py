# COMNet, SqueezeNet 1.1, MSRC14: small enough for two CPU cores.
_base_ = [
    '../_base_/models/comnet_r50.py', '../_base_/datasets/voc_pairs.py',
    '../_base_/schedules/classifier_5e.py'
]
data_root = '{{$COMNET_MSRC14:data/MSRC14}}'
train_list = 'ImageSets/Segmentation/train.txt'
images = dict(data_root=data_root, image_set_path=train_list)
pretrained = '{{$COMNET_SQUEEZENET:data/squeezenet1_1_imagenet.pth}}'

model = dict(
    # weights of Caffe's kind: BGR, no scaling
    data_preprocessor=dict(
        mean=[103.939, 116.779, 123.68], std=[1, 1, 1], to_rgb=False),
    backbone=dict(
        _delete_=True,
        type='TorchvisionBackbone',
        arch='squeezenet1_1',
        init_cfg=dict(type='Pretrained', checkpoint=pretrained)),
    neck=[
        dict(type='InterMatching', alpha=1.5),
        dict(type='IntraMatching', in_channels=512, num_neighbors=8)
    ],
    head=dict(num_classes=14))

train_pipeline = [
    dict(type='LoadVOCImage'),
    dict(type='RandomResize', scale=(320, 320), ratio_range=(0.8, 1.6),
         keep_ratio=True),
    {{_base_.jitter}},
    dict(type='RandomFlip', prob=0.5, direction='horizontal'),
    dict(type='RandomCrop', crop_size=256),
    dict(type='PackInputs')
]
train_dataloader = dict(
    num_workers=2, dataset=dict(images, pipeline=train_pipeline))
val_dataloader = dict(dataset=dict(images, indices=60))
test_dataloader = dict(num_workers=2, dataset=images)

# no batch norm: a small rate
optim_wrapper = dict(optimizer=dict(lr=0.002, momentum=0.9))
param_scheduler = dict(end=12)
train_cfg = dict(max_epochs=12, val_interval=3)
