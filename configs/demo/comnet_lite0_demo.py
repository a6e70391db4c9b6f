# COMNet on the generated data: a frozen EfficientNet-Lite0, with the weights
# that come in a package, sees each scene twice; the rest is fast.
_base_ = [
    '../_base_/models/comnet_lite0.py', '../_base_/datasets/voc_pairs.py',
    '../_base_/default_runtime.py'
]
default_scope = 'mmpretrain'
data_root = 'data/demo'
train_list = 'ImageSets/Segmentation/train.txt'

model = dict(
    backbone=dict(
        cache_dir='{{$COMNET_FEATURES:work_dirs/demo/features}}',
        backbone=dict(out_indices=(5, ))),
    head=dict(num_classes=5, in_channels=320))

train_pipeline = [
    dict(type='LoadVOCImage'),
    dict(type='Resize', scale=(480, 360), keep_ratio=False),
    dict(type='RandomFlip', prob=0.5, direction='horizontal'),
    dict(type='PackInputs')
]
test_pipeline = [
    dict(type='LoadVOCImage'),
    dict(type='Resize', scale=(480, 360), keep_ratio=False),
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
val_dataloader = None
val_evaluator = None
val_cfg = None
test_dataloader = dict(
    num_workers=1,
    dataset=dict(
        data_root=data_root,
        image_set_path=train_list,
        pipeline=test_pipeline))
custom_hooks = [
    dict(type='GroupSamplingHook'),
    dict(type='CAMHook', scales=(1.0, )),
    dict(type='ProgressHook')
]

optim_wrapper = dict(
    type='OptimWrapper',
    optimizer=dict(type='AdamW', lr=0.01, weight_decay=0.01))
param_scheduler = dict(
    type='PolyLR',
    power=0.9,
    eta_min=0,
    begin=0,
    end=12,
    by_epoch=True,
    convert_to_iter_based=True)
train_cfg = dict(by_epoch=True, max_epochs=12)
default_hooks = dict(logger=dict(interval=20))
