# IRNet on a frozen ResNet-18, at 320 x 320 pixels.
_base_ = [
    '../_base_/models/irnet_r50.py', '../_base_/datasets/voc_affinity.py',
    '../_base_/schedules/irnet_3e.py'
]
data_root = '{{$COMNET_VOC12:data/VOCdevkit/VOC2012}}'
train_list = 'ImageSets/Segmentation/train.txt'
images = dict(data_root=data_root, image_set_path=train_list)
pretrained = '{{$COMNET_R18:torchvision://resnet18}}'
crop_size = (256, 256)

model = dict(
    data_preprocessor=dict(size=crop_size),
    backbone=dict(depth=18, init_cfg=dict(checkpoint=pretrained)))

train_pipeline = [
    dict(type='LoadVOCImage'),
    dict(type='LoadVOCMask'),
    dict(type='RandomResize', scale=(400, 400), ratio_range=(0.6, 1.4),
         keep_ratio=True),
    dict(type='RandomCrop', crop_size=crop_size),
    dict(type='RandomFlip', prob=0.5),
    dict(type='PackSegInputs')
]
train_dataloader = dict(
    batch_size=16,
    num_workers=1,
    dataset=dict(images, pipeline=train_pipeline))
auto_scale_lr = dict(base_batch_size=16)
predict_dataloader = dict(num_workers=1, dataset=images)

# a thirtieth of VOC's images: momentum makes up for some of the steps
optim_wrapper = dict(optimizer=dict(lr=0.05, momentum=0.9))
