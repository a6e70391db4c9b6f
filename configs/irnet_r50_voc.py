# IRNet, ResNet-50, PASCAL VOC 2012, the settings of IRN.
_base_ = [
    '_base_/models/irnet_r50.py', '_base_/datasets/voc_affinity.py',
    '_base_/schedules/irnet_3e.py'
]
model = dict(data_preprocessor=dict(size={{_base_.crop_size}}))
