# IRNet, SqueezeNet 1.1, MSRC14: small enough for two CPU cores.
_base_ = [
    '../_base_/models/irnet_r50.py', '../_base_/datasets/voc_affinity.py',
    '../_base_/schedules/irnet_3e.py', '../_base_/pseudo/msrc14.py'
]
data_root = '{{$COMNET_MSRC14:data/MSRC14}}'
train_list = 'ImageSets/Segmentation/train.txt'
images = dict(data_root=data_root, image_set_path=train_list)
pretrained = '{{$COMNET_SQUEEZENET:data/squeezenet1_1_imagenet.pth}}'
crop_size = (192, 192)

model = dict(
    data_preprocessor=dict(
        mean=[103.939, 116.779, 123.68],
        std=[1, 1, 1],
        bgr_to_rgb=False,
        size=crop_size),
    backbone=dict(
        _delete_=True,
        type='mmpretrain.TorchvisionBackbone',
        arch='squeezenet1_1',
        out_indices=(1, 4, 7, 12),
        init_cfg=dict(type='Pretrained', checkpoint=pretrained)),
    freeze_backbone=False,  # SqueezeNet's own features are weak
    displacement=True)  # a backbone that is trained learns from them, too

train_pipeline = [
    dict(type='LoadVOCImage'),
    dict(type='LoadVOCMask'),
    dict(type='RandomResize', scale=(320, 320), ratio_range=(0.75, 1.5),
         keep_ratio=True),
    dict(type='RandomCrop', crop_size=crop_size),
    dict(type='RandomFlip', prob=0.5),
    dict(type='PackSegInputs')
]
train_dataloader = dict(
    batch_size=16,
    num_workers=2,
    dataset=dict(images, pipeline=train_pipeline))
auto_scale_lr = dict(base_batch_size=16)
predict_dataloader = dict(num_workers=2, dataset=images)

# a tenth of VOC's iterations: momentum makes up for some of them
optim_wrapper = dict(
    optimizer=dict(lr=0.05, momentum=0.9),
    paramwise_cfg=dict(custom_keys=dict(backbone=dict(lr_mult=0.2))))
param_scheduler = dict(end=16)
train_cfg = dict(max_epochs=16)
