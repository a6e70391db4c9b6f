# DeepLab v2 on the generated data: its frozen EfficientNet-Lite0 has seen the
# scenes already, as the classifier's.
_base_ = [
    '../_base_/models/deeplabv2_lite0.py', '../_base_/datasets/voc_pseudo.py',
    '../_base_/default_runtime.py', '../_base_/schedules/deeplabv2_20k.py'
]
default_scope = 'mmseg'
data_root = 'data/demo'
train_list = 'ImageSets/Segmentation/train.txt'

model = dict(
    data_preprocessor=dict(size=(360, 480)),
    backbone=dict(
        cache_dir='{{$COMNET_FEATURES:work_dirs/demo/features}}',
        backbone=dict(out_indices=(5, ))),
    decode_head=dict(in_channels=320, num_classes=6))

train_pipeline = [
    dict(type='LoadVOCImage'),
    dict(type='LoadVOCMask'),
    dict(type='Resize', scale=(480, 360), keep_ratio=False),
    dict(type='RandomFlip', prob=0.5),
    dict(type='PackSegInputs')
]
test_pipeline = [
    dict(type='LoadImageFromFile', imdecode_backend='comnet'),
    dict(type='Resize', scale=(480, 360), keep_ratio=False),
    dict(type='LoadVOCMask'),
    dict(type='PackSegInputs')
]
train_dataloader = dict(
    batch_size=8,
    num_workers=1,
    dataset=dict(
        data_root=data_root,
        image_set_path=train_list,
        pipeline=train_pipeline))
val_dataloader = dict(
    num_workers=1,
    dataset=dict(data_root=data_root, pipeline=test_pipeline))
test_dataloader = val_dataloader

optim_wrapper = dict(
    _delete_=True,
    type='OptimWrapper',
    optimizer=dict(type='AdamW', lr=1e-3, weight_decay=0.01))
param_scheduler = dict(end=200)
train_cfg = dict(max_iters=200, val_interval=201)
default_hooks = dict(
    logger=dict(interval=20), checkpoint=dict(by_epoch=False, interval=100))
