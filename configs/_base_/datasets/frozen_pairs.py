# Pairs for a network that sees each picture once. Two views a picture, one
# size for all: no padding, and each is kept.
_base_ = './voc_pairs.py'
data_root = 'data/mine'
train_list = 'ImageSets/Segmentation/train.txt'
train_pipeline = [
    dict(type='LoadVOCImage'),
    dict(type='Resize', scale=(320, 320), keep_ratio=False),
    dict(type='RandomFlip', prob=0.5, direction='horizontal'),
    dict(type='PackInputs')
]
test_pipeline = [
    dict(type='LoadVOCImage'),
    dict(type='Resize', scale=(480, 480), keep_ratio=False),
    dict(
        type='PackInputs',
        meta_keys=('img_id', 'img_path', 'seg_map_path', 'ori_shape',
                   'img_shape'))
]

train_dataloader = dict(
    num_workers=1,
    dataset=dict(
        data_root=data_root,
        image_set_path=train_list,
        pipeline=train_pipeline))
val_dataloader = dict(
    num_workers=1,
    dataset=dict(
        data_root=data_root,
        image_set_path=train_list,
        pipeline=test_pipeline))
test_dataloader = val_dataloader
custom_hooks = [
    dict(type='GroupSamplingHook'),
    dict(type='CAMHook', scales=(2 / 3, 1 / 3, 1)),  # 320, 160 and 480
    dict(type='ProgressHook')
]
