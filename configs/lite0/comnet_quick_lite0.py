# For a first look: maps at the one size that the training has seen already.
_base_ = 'comnet_lite0.py'
test_pipeline = [
    dict(type='LoadVOCImage'),
    dict(type='Resize', scale=(320, 320), keep_ratio=False),
    {{_base_.pack}}
]
test_dataloader = dict(dataset=dict(pipeline=test_pipeline))
val_dataloader = test_dataloader
default_hooks = dict(cam=dict(scales=(1.0, )))

param_scheduler = dict(end=6)
train_cfg = dict(max_epochs=6, val_interval=7)
