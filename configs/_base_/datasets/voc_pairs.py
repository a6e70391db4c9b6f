# Pairs of images with image-level labels: training and CAMs of a classifier.
_base_ = '../default_runtime.py'
default_scope = 'mmpretrain'
data_root = 'data/VOCdevkit/VOC2012'
train_list = 'ImageSets/Segmentation/train_aug.txt'
group_size = 2
labels = 'Annotations'  # or a .csv, .json, .npy, …, see docs/data.md
images = dict(data_root=data_root, image_set_path=train_list)

jitter = dict(
    type='ColorJitter', brightness=0.3, contrast=0.3, saturation=0.3, hue=0.1,
    backend='cv2')
train_pipeline = [
    dict(type='LoadVOCImage'),
    # longer side 320 to 640
    dict(type='RandomResize', scale=(512, 512), ratio_range=(0.625, 1.25),
         keep_ratio=True),
    jitter,
    dict(type='RandomFlip', prob=0.5, direction='horizontal'),
    # the data preprocessor fills up what is smaller
    dict(type='RandomCrop', crop_size=512),
    dict(type='PackInputs')
]
pack = dict(
    type='PackInputs',
    meta_keys=('sample_idx', 'img_id', 'img_path', 'seg_map_path', 'ori_shape',
               'img_shape'))
test_pipeline = [dict(type='LoadVOCImage'), pack]

train_dataloader = dict(
    # pairs; each image begins one pair an epoch, so that an epoch is as many
    # pairs as there are images
    batch_size=8,
    num_workers=4,
    persistent_workers=True,
    sampler=dict(type='DefaultSampler', shuffle=True),
    collate_fn=dict(type='group_collate'),
    dataset=dict(
        images,
        type='PairedVOCDataset',
        labels=labels,
        group_size=group_size,
        pipeline=train_pipeline))
auto_scale_lr = dict(base_batch_size=8)

# CAMs of all training images; those with a true mask are evaluated
test_dataloader = dict(
    batch_size=1,
    num_workers=4,
    sampler=dict(type='DefaultSampler', shuffle=False),
    dataset=dict(
        images,
        type='VOCLabelDataset',
        labels=labels,
        pipeline=test_pipeline,
        test_mode=True))
test_evaluator = [dict(type='CAMMetric'), dict(type='AveragePrecision')]
test_cfg = dict()

# a log that shows CAM mIoU tells whether a training is going well
val_dataloader = dict(
    test_dataloader,
    num_workers=2,
    persistent_workers=True,
    dataset=dict(test_dataloader['dataset'], indices=200))
val_evaluator = dict(type='CAMMetric')
val_cfg = dict()

default_hooks = dict(
    cam=dict(type='CAMHook'),
    visualization=dict(type='VisualizationHook'))
visualizer = dict(
    type='CAMVisualizer',
    vis_backends=[dict(type='LocalVisBackend')],
    name='visualizer')
