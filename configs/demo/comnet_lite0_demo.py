# COMNet on the generated data: the frozen EfficientNet-Lite0 sees each scene
# twice; the rest is fast.
_base_ = '../lite0/comnet_lite0.py'
data_root = 'data/demo'
images = dict(data_root=data_root)

model = dict(
    backbone=dict(
        cache_dir='{{$COMNET_FEATURES:work_dirs/demo/features}}',
        backbone=dict(out_indices=(5, ))),
    head=dict(num_classes=5))

resize = dict(type='Resize', scale=(480, 360), keep_ratio=False)
train_pipeline = [
    dict(type='LoadVOCImage'),
    resize,
    dict(type='RandomFlip', prob=0.5, direction='horizontal'),
    dict(type='PackInputs')
]
test_pipeline = [dict(type='LoadVOCImage'), resize, {{_base_.pack}}]
train_dataloader = dict(dataset=dict(images, pipeline=train_pipeline))
test_dataloader = dict(dataset=dict(images, pipeline=test_pipeline))
val_dataloader = None
val_evaluator = None
val_cfg = None

optim_wrapper = dict(
    _delete_=True,
    type='OptimWrapper',
    optimizer=dict(type='AdamW', lr=0.01, weight_decay=0.01))
train_cfg = dict(_delete_=True, by_epoch=True, max_epochs=12)
default_hooks = dict(cam=dict(scales=(1.0, )), logger=dict(interval=20))
