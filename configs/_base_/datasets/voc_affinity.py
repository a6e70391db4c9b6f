# Images with affinity labels, to train an IRNet; images alone, to use it.
_base_ = '../default_runtime.py'
default_scope = 'mmseg'
data_root = 'data/VOCdevkit/VOC2012'
train_list = 'ImageSets/Segmentation/train_aug.txt'
mask_dir = 'AffinityLabels'  # of comnet affinity-labels
images = dict(data_root=data_root, image_set_path=train_list)
crop_size = (512, 512)
train_pipeline = [
    dict(type='LoadVOCImage'),
    dict(type='LoadVOCMask'),
    dict(type='RandomResize', scale=(500, 500), ratio_range=(0.5, 1.5),
         keep_ratio=True),
    dict(type='RandomCrop', crop_size=crop_size),
    dict(type='RandomFlip', prob=0.5),
    dict(type='PackSegInputs')
]
test_pipeline = [
    dict(type='LoadVOCImage'),
    dict(type='PackSegInputs', meta_keys=('img_id', 'img_path', 'ori_shape'))
]

train_dataloader = dict(
    batch_size=32,
    num_workers=8,
    persistent_workers=True,
    drop_last=True,
    sampler=dict(type='DefaultSampler', shuffle=True),
    dataset=dict(
        images,
        type='VOCSegmentationDataset',
        seg_map_dir=mask_dir,
        pipeline=train_pipeline))
auto_scale_lr = dict(base_batch_size=32)

# of comnet pseudo-masks
predict_dataloader = dict(
    num_workers=4,
    dataset=dict(
        images,
        type='VOCSegmentationDataset',
        seg_map_dir=None,
        test_mode=True,
        pipeline=test_pipeline))

default_hooks = dict(visualization=dict(type='SegVisualizationHook'))
visualizer = dict(
    type='SegLocalVisualizer',
    vis_backends=[dict(type='LocalVisBackend')],
    name='visualizer')
