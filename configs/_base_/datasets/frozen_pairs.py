# Pairs for a network that sees each picture once. Two views a picture, one
# size for all: no padding, and each is kept.
_base_ = './voc_pairs.py'
data_root = 'data/mine'
train_list = 'ImageSets/Segmentation/train.txt'
images = dict(data_root=data_root, image_set_path=train_list)
train_pipeline = [
    dict(type='LoadVOCImage'),
    dict(type='Resize', scale=(320, 320), keep_ratio=False),
    dict(type='RandomFlip', prob=0.5, direction='horizontal'),
    dict(type='PackInputs')
]
test_pipeline = [
    dict(type='LoadVOCImage'),
    dict(type='Resize', scale=(480, 480), keep_ratio=False),
    {{_base_.pack}}
]

train_dataloader = dict(
    num_workers=1, dataset=dict(images, pipeline=train_pipeline))
test_dataloader = dict(
    num_workers=1, dataset=dict(images, pipeline=test_pipeline))
val_dataloader = test_dataloader
default_hooks = dict(cam=dict(scales=(2 / 3, 1 / 3, 1)))  # 320, 160 and 480
