# DeepLab v2, ResNet-50, PASCAL VOC 2012, on pseudo masks.
_base_ = [
    '_base_/models/deeplabv2_r50.py', '_base_/datasets/voc_pseudo.py',
    '_base_/default_runtime.py', '_base_/schedules/deeplabv2_20k.py'
]
default_scope = 'mmseg'
default_hooks = dict(checkpoint=dict(by_epoch=False, interval=2000))
