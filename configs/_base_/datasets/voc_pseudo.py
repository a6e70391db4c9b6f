# Images with pseudo masks, to train a segmentor; true masks, to test it.
_base_ = '../default_runtime.py'
default_scope = 'mmseg'
data_root = 'data/VOCdevkit/VOC2012'
train_list = 'ImageSets/Segmentation/train_aug.txt'
val_list = 'ImageSets/Segmentation/val.txt'
mask_dir = 'PseudoMasks'  # of comnet pseudo-masks
crop_size = (321, 321)
train_pipeline = [
    dict(type='LoadVOCImage'),
    dict(type='LoadVOCMask'),
    dict(type='RandomResize', scale=(500, 500), ratio_range=(0.5, 1.5),
         keep_ratio=True),
    dict(type='RandomCrop', crop_size=crop_size),
    dict(type='RandomFlip', prob=0.5),
    dict(type='PhotoMetricDistortion'),
    dict(type='PackSegInputs')
]
test_pipeline = [
    # mmseg's inferencer looks for this name; it is LoadVOCImage
    dict(type='LoadImageFromFile', imdecode_backend='comnet'),
    dict(type='LoadVOCMask'),
    dict(type='PackSegInputs')
]
# tools/test.py --tta
tta_scales = [
    dict(type='Resize', scale_factor=factor, keep_ratio=True)
    for factor in (0.5, 0.75, 1.0, 1.25, 1.5)
]
tta_flips = [
    dict(type='RandomFlip', prob=0., direction='horizontal'),
    dict(type='RandomFlip', prob=1., direction='horizontal')
]
tta_pipeline = [
    dict(type='LoadVOCImage'),
    dict(type='TestTimeAug', transforms=[
        tta_scales, tta_flips, [dict(type='LoadVOCMask')],
        [dict(type='PackSegInputs')]])
]
tta_model = dict(type='AveragedTTAModel')

train_dataloader = dict(
    batch_size=10,
    num_workers=4,
    persistent_workers=True,
    sampler=dict(type='InfiniteSampler', shuffle=True),
    dataset=dict(
        type='VOCSegmentationDataset',
        data_root=data_root,
        image_set_path=train_list,
        seg_map_dir=mask_dir,
        pipeline=train_pipeline))
auto_scale_lr = dict(base_batch_size=10)
val_dataloader = dict(
    batch_size=1,
    num_workers=4,
    persistent_workers=True,
    sampler=dict(type='DefaultSampler', shuffle=False),
    dataset=dict(
        type='VOCSegmentationDataset',
        data_root=data_root,
        image_set_path=val_list,
        test_mode=True,
        pipeline=test_pipeline))
test_dataloader = val_dataloader
val_evaluator = dict(type='VOCIoUMetric', iou_metrics=['mIoU'])
test_evaluator = val_evaluator
val_cfg = dict()
test_cfg = dict()

default_hooks = dict(visualization=dict(type='SegVisualizationHook'))
visualizer = dict(
    type='SegLocalVisualizer',
    vis_backends=[dict(type='LocalVisBackend')],
    name='visualizer')
