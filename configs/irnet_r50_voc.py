# IRNet, ResNet-50, PASCAL VOC 2012, the settings of IRN.
_base_ = [
    '_base_/models/irnet_r50.py', '_base_/datasets/voc_affinity.py',
    '_base_/schedules/irnet_3e.py', '_base_/pseudo/irn.py',
    '_base_/default_runtime.py'
]
default_scope = 'mmseg'
