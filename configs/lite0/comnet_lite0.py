# COMNet on a frozen EfficientNet-Lite0, for photographs of one's own on a CPU.
_base_ = [
    '../_base_/models/comnet_lite0.py', '../_base_/datasets/frozen_pairs.py',
    '../_base_/schedules/classifier_5e.py', '../_base_/default_runtime.py'
]
default_scope = 'mmpretrain'
data_root = 'data/mine'
train_list = 'ImageSets/Segmentation/train.txt'

optim_wrapper = dict(
    optimizer=dict(
        _delete_=True, type='AdamW', lr=3e-3, weight_decay=0.01))
param_scheduler = dict(end=12)
train_cfg = dict(max_epochs=12, val_interval=12)
