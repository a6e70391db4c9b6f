# COMNet, ResNet-50, PASCAL VOC 2012, the settings of the paper.
_base_ = [
    '_base_/models/comnet_r50.py', '_base_/datasets/voc_pairs.py',
    '_base_/schedules/classifier_5e.py'
]
