# COMNet, ResNet-50, MS COCO 2014. The paper names no settings for COCO: those
# of VOC.
_base_ = [
    '_base_/models/comnet_r50.py', '_base_/datasets/coco_pairs.py',
    '_base_/schedules/classifier_5e.py', '_base_/default_runtime.py'
]
default_scope = 'mmpretrain'
model = dict(head=dict(num_classes=80))
