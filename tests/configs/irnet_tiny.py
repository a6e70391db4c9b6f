# IRNet on the generated data, on the classifier's backbone.
_base_ = [
    '../../configs/_base_/models/irnet_r50.py',
    '../../configs/_base_/datasets/voc_affinity.py',
    '../../configs/_base_/schedules/irnet_3e.py',
    '../../configs/_base_/pseudo/demo.py'
]
data_root = 'data/demo'
train_list = 'ImageSets/Segmentation/train.txt'
images = dict(data_root=data_root, image_set_path=train_list)
crop_size = (128, 160)
pretrained = None  # in the pipeline: the checkpoint of the classifier

model = dict(
    data_preprocessor=dict(size=crop_size),
    backbone=dict(
        depth=18,
        base_channels=16,
        stem_channels=16,
        init_cfg=dict(type='Pretrained', checkpoint=None, prefix='backbone.')),
    in_channels=(16, 32, 64, 128))

train_pipeline = [
    dict(type='LoadVOCImage'),
    dict(type='LoadVOCMask'),
    dict(type='RandomResize', scale=(160, 160), ratio_range=(0.75, 1.5),
         keep_ratio=True),
    dict(type='RandomCrop', crop_size=crop_size),
    dict(type='RandomFlip', prob=0.5),
    dict(type='PackSegInputs')
]
train_dataloader = dict(
    batch_size=8,
    num_workers=2,
    dataset=dict(images, pipeline=train_pipeline))
predict_dataloader = dict(num_workers=2, dataset=images)

# few iterations: momentum makes up for some
optim_wrapper = dict(optimizer=dict(lr=0.05, momentum=0.9))
param_scheduler = dict(end=4)
train_cfg = dict(max_epochs=4)
