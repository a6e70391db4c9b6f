# DeepLab v2, SqueezeNet 1.1, MSRC14: small enough for two CPU cores.
_base_ = [
    '../_base_/models/deeplabv2_r50.py', '../_base_/datasets/voc_pseudo.py',
    '../_base_/schedules/deeplabv2_20k.py'
]
data_root = '{{$COMNET_MSRC14:data/MSRC14}}'
train_list = 'ImageSets/Segmentation/train.txt'
pretrained = '{{$COMNET_SQUEEZENET:data/squeezenet1_1_imagenet.pth}}'
crop_size = (256, 256)

model = dict(
    data_preprocessor=dict(
        mean=[103.939, 116.779, 123.68],
        std=[1, 1, 1],
        bgr_to_rgb=False,
        size=crop_size),
    backbone=dict(
        _delete_=True,
        type='mmpretrain.TorchvisionBackbone',
        arch='squeezenet1_1',
        init_cfg=dict(type='Pretrained', checkpoint=pretrained)),
    decode_head=dict(
        in_channels=512, num_classes=15, dilations=(1, 2, 3, 6)))

train_pipeline = [
    dict(type='LoadVOCImage'),
    dict(type='LoadVOCMask'),
    dict(type='RandomResize', scale=(320, 320), ratio_range=(0.75, 1.5),
         keep_ratio=True),
    dict(type='RandomCrop', crop_size=crop_size),
    dict(type='RandomFlip', prob=0.5),
    dict(type='PhotoMetricDistortion'),
    dict(type='PackSegInputs')
]
train_dataloader = dict(
    num_workers=2,
    dataset=dict(
        data_root=data_root,
        image_set_path=train_list,
        pipeline=train_pipeline))
val_dataloader = dict(num_workers=1, dataset=dict(data_root=data_root))
test_dataloader = val_dataloader

# no batch norm and large features: SGD at DeepLab's rate kills the network
optim_wrapper = dict(
    optimizer=dict(_delete_=True, type='AdamW', lr=1e-4, weight_decay=1e-4),
    paramwise_cfg=dict(custom_keys={'decode_head': dict(lr_mult=5)}))
param_scheduler = dict(end=500)
train_cfg = dict(max_iters=500, val_interval=501)
default_hooks = dict(checkpoint=dict(by_epoch=False, interval=100))
