# COMNet on generated data: a tiny ResNet-18 from scratch, for the tests.
_base_ = [
    '../../configs/_base_/models/comnet_r50.py',
    '../../configs/_base_/datasets/voc_pairs.py'
]
data_root = 'data/demo'
train_list = 'ImageSets/Segmentation/train.txt'
images = dict(data_root=data_root, image_set_path=train_list)
pretrained = None

model = dict(
    backbone=dict(
        depth=18,
        base_channels=16,
        stem_channels=16,
        frozen_stages=-1,
        norm_eval=False,  # from scratch there are no statistics to keep
        init_cfg=None),
    neck=[
        dict(type='InterMatching', alpha=1.5),
        dict(type='IntraMatching', in_channels=128, num_neighbors=8)
    ],
    head=dict(num_classes=5))

train_pipeline = [
    dict(type='LoadVOCImage'),
    dict(type='RandomResize', scale=(160, 160), ratio_range=(0.8, 1.25),
         keep_ratio=True),
    dict(type='RandomFlip', prob=0.5, direction='horizontal'),
    dict(type='RandomCrop', crop_size=(112, 144)),
    dict(type='PackInputs')
]
train_dataloader = dict(
    num_workers=2, dataset=dict(images, pipeline=train_pipeline))
val_dataloader = None
val_evaluator = None
val_cfg = None
test_dataloader = dict(num_workers=2, dataset=images)

optim_wrapper = dict(
    type='OptimWrapper',
    optimizer=dict(type='Adam', lr=3e-3, weight_decay=1e-4))
param_scheduler = [
    dict(type='LinearLR', start_factor=0.1, begin=0, end=40, by_epoch=False),
    dict(
        type='PolyLR',
        power=0.9,
        eta_min=0,
        begin=0,
        end=16,
        by_epoch=True,
        convert_to_iter_based=True)
]
train_cfg = dict(by_epoch=True, max_epochs=16)
default_hooks = dict(logger=dict(interval=20))
