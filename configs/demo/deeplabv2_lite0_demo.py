# DeepLab v2 on the generated data: its frozen EfficientNet-Lite0 has seen the
# scenes already, as the classifier's.
_base_ = '../lite0/deeplabv2_lite0.py'
data_root = 'data/demo'
crop_size = (360, 480)

model = dict(
    data_preprocessor=dict(size=crop_size),
    backbone=dict(
        cache_dir='{{$COMNET_FEATURES:work_dirs/demo/features}}',
        backbone=dict(out_indices=(5, ))),
    decode_head=dict(in_channels=320, num_classes=6))

resize = dict(type='Resize', scale=crop_size[::-1], keep_ratio=False)
train_pipeline = [
    dict(type='LoadVOCImage'),
    dict(type='LoadVOCMask'),
    resize,
    dict(type='RandomFlip', prob=0.5),
    dict(type='PackSegInputs')
]
test_pipeline = [
    dict(type='LoadImageFromFile', imdecode_backend='comnet'),
    resize,
    dict(type='LoadVOCMask'),
    dict(type='PackSegInputs')
]
# factors of each scene's size, as voc_pseudo.py has them
tta_pipeline = [
    dict(type='LoadVOCImage'),
    dict(type='TestTimeAug', transforms=[
        {{_base_.tta_scales}}, {{_base_.tta_flips}},
        [dict(type='LoadVOCMask')], [dict(type='PackSegInputs')]])
]
train_dataloader = dict(
    batch_size=8,
    dataset=dict(data_root=data_root, pipeline=train_pipeline))
auto_scale_lr = dict(base_batch_size=8)
val_dataloader = dict(
    dataset=dict(data_root=data_root, pipeline=test_pipeline))
test_dataloader = val_dataloader

optim_wrapper = dict(
    _delete_=True,
    type='OptimWrapper',
    optimizer=dict(type='AdamW', lr=1e-3, weight_decay=0.01))
param_scheduler = dict(end=200)
train_cfg = dict(max_iters=200, val_interval=201)
auto_scale_iters = None
default_hooks = dict(
    logger=dict(interval=20), checkpoint=dict(interval=100))
