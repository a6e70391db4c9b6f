# DeepLab v2 on the features that the classifier has kept.
_base_ = [
    '../_base_/models/deeplabv2_lite0.py',
    '../_base_/datasets/frozen_pseudo.py', '../_base_/default_runtime.py',
    '../_base_/schedules/deeplabv2_20k.py'
]
default_scope = 'mmseg'
data_root = 'data/mine'
train_list = 'ImageSets/Segmentation/train.txt'

model = dict(data_preprocessor=dict(size=(320, 320)))

optim_wrapper = dict(
    optimizer=dict(_delete_=True, type='AdamW', lr=1e-4, weight_decay=0.01))
param_scheduler = dict(end=600)
train_cfg = dict(max_iters=600, val_interval=601)
default_hooks = dict(checkpoint=dict(by_epoch=False, interval=200))
