# IRNet on the generated data, on a frozen EfficientNet-Lite0.
_base_ = [
    '../_base_/models/irnet_lite0.py', '../_base_/datasets/small_affinity.py',
    '../_base_/schedules/irnet_4e.py', '../_base_/pseudo/demo.py',
    '../_base_/default_runtime.py'
]
default_scope = 'mmseg'
data_root = 'data/demo'
train_list = 'ImageSets/Segmentation/train.txt'

train_dataloader = dict(dataset=dict(data_root=data_root))
predict_dataloader = dict(dataset=dict(data_root=data_root))
