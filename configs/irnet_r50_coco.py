# IRNet, ResNet-50, MS COCO 2014, the settings of IRN on VOC.
_base_ = [
    '_base_/models/irnet_r50.py', '_base_/datasets/coco_affinity.py',
    '_base_/schedules/irnet_3e.py', '_base_/pseudo/irn.py',
    '_base_/default_runtime.py'
]
default_scope = 'mmseg'
