# IRNet on a frozen EfficientNet-Lite0, for photographs on a CPU.
_base_ = [
    '../_base_/models/irnet_lite0.py', '../_base_/datasets/small_affinity.py',
    '../_base_/schedules/irnet_4e.py', '../_base_/pseudo/lite0.py',
    '../_base_/default_runtime.py'
]
default_scope = 'mmseg'
data_root = 'data/mine'
train_list = 'ImageSets/Segmentation/train.txt'
