# DeepLab v2 on the generated data, on the classifier's backbone.
_base_ = [
    '../../configs/_base_/models/deeplabv2_r50.py',
    '../../configs/_base_/datasets/voc_pseudo.py',
    '../../configs/_base_/schedules/deeplabv2_20k.py'
]
data_root = 'data/demo'
train_list = 'ImageSets/Segmentation/train.txt'
crop_size = (112, 144)
pretrained = None  # in the pipeline: the checkpoint of the classifier

model = dict(
    data_preprocessor=dict(size=crop_size),
    backbone=dict(
        _delete_=True,
        type='mmpretrain.ResNet',
        depth=18,
        base_channels=16,
        stem_channels=16,
        strides=(1, 2, 1, 1),
        out_indices=(3, ),
        norm_eval=False,
        init_cfg=dict(type='Pretrained', checkpoint=None, prefix='backbone.')),
    decode_head=dict(in_channels=128, num_classes=6, dilations=(1, 2, 4, 6)))

train_pipeline = [
    dict(type='LoadVOCImage'),
    dict(type='LoadVOCMask'),
    dict(type='RandomResize', scale=(160, 160), ratio_range=(0.75, 1.5),
         keep_ratio=True),
    dict(type='RandomCrop', crop_size=crop_size),
    dict(type='RandomFlip', prob=0.5),
    dict(type='PackSegInputs')
]
train_dataloader = dict(
    batch_size=16,
    num_workers=2,
    dataset=dict(
        data_root=data_root,
        image_set_path=train_list,
        pipeline=train_pipeline))
val_dataloader = dict(num_workers=1, dataset=dict(data_root=data_root))
test_dataloader = val_dataloader

optim_wrapper = dict(
    _delete_=True,
    type='OptimWrapper',
    optimizer=dict(type='Adam', lr=2e-3, weight_decay=1e-4))
param_scheduler = dict(end=240)
train_cfg = dict(max_iters=240, val_interval=241)
default_hooks = dict(
    logger=dict(interval=20), checkpoint=dict(by_epoch=False, interval=80))
