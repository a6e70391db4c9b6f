# IRNet on the generated data, on the classifier's backbone.
_base_ = [
    '../_base_/models/irnet_r50.py', '../_base_/datasets/voc_affinity.py',
    '../_base_/schedules/irnet_3e.py', '../_base_/default_runtime.py'
]
default_scope = 'mmseg'
data_root = 'data/demo'
pretrained = None  # tools/pipeline.py sets it to the classifier's checkpoint

model = dict(
    data_preprocessor=dict(size=(128, 160)),
    backbone=dict(
        depth=18,
        base_channels=16,
        stem_channels=16,
        init_cfg=dict(type='Pretrained', checkpoint=None, prefix='backbone.')),
    in_channels=(16, 32, 64, 128))

train_pipeline = [
    dict(type='LoadVOCImage'),
    dict(type='LoadVOCMask'),
    dict(
        type='RandomResize',
        scale=(160, 160),
        ratio_range=(0.75, 1.5),
        keep_ratio=True),
    dict(type='RandomCrop', crop_size=(128, 160)),
    dict(type='RandomFlip', prob=0.5),
    dict(type='PackSegInputs')
]
split = 'ImageSets/Segmentation/train.txt'
train_dataloader = dict(
    batch_size=8,
    num_workers=2,
    dataset=dict(
        data_root=data_root, image_set_path=split, pipeline=train_pipeline))
predict_dataloader = dict(
    num_workers=2, dataset=dict(data_root=data_root, image_set_path=split))

# few iterations: momentum makes up for some
optim_wrapper = dict(optimizer=dict(lr=0.05, momentum=0.9))
param_scheduler = dict(end=4)
train_cfg = dict(max_epochs=4)

# far shorter than VOC's, as the maps are small
random_walk = dict(num_steps=16, bg_threshold=0.25)
