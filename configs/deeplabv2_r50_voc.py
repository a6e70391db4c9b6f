# DeepLab v2, ResNet-50, PASCAL VOC 2012, on pseudo masks.
_base_ = [
    '_base_/models/deeplabv2_r50.py', '_base_/datasets/voc_pseudo.py',
    '_base_/schedules/deeplabv2_20k.py'
]
model = dict(data_preprocessor=dict(size={{_base_.crop_size}}))
default_hooks = dict(checkpoint=dict(by_epoch=False, interval=2000))
