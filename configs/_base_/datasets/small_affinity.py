# Affinity labels of pictures of some 300 pixels, or made as small.
_base_ = './voc_affinity.py'
data_root = 'data/mine'
train_list = 'ImageSets/Segmentation/train.txt'
train_pipeline = [
    dict(type='LoadVOCImage'),
    dict(type='LoadVOCMask'),
    dict(
        type='RandomResize',
        scale=(320, 320),
        ratio_range=(0.75, 1.5),
        keep_ratio=True),
    dict(type='RandomCrop', crop_size=(192, 256)),
    dict(type='RandomFlip', prob=0.5),
    dict(type='PackSegInputs')
]

train_dataloader = dict(
    batch_size=8,
    num_workers=1,
    dataset=dict(
        data_root=data_root,
        image_set_path=train_list,
        pipeline=train_pipeline))
predict_dataloader = dict(
    num_workers=1,
    dataset=dict(data_root=data_root, image_set_path=train_list))
