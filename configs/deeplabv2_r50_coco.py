# DeepLab v2, ResNet-50, MS COCO 2014, on pseudo masks. COCO has eight times
# VOC's images: 100,000 iterations are 12 epochs.
_base_ = [
    '_base_/models/deeplabv2_r50.py', '_base_/datasets/coco_pseudo.py',
    '_base_/default_runtime.py', '_base_/schedules/deeplabv2_20k.py'
]
default_scope = 'mmseg'
model = dict(decode_head=dict(num_classes=81))
param_scheduler = dict(end=100000)
train_cfg = dict(max_iters=100000, val_interval=25000)
default_hooks = dict(checkpoint=dict(by_epoch=False, interval=5000))
