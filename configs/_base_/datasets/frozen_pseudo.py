# Pseudo masks for a network that sees each picture once: the views of the
# classifier's training.
_base_ = './voc_pseudo.py'
data_root = 'data/mine'
train_list = 'ImageSets/Segmentation/train.txt'
train_pipeline = [
    dict(type='LoadVOCImage'),
    dict(type='LoadVOCMask'),
    dict(type='Resize', scale=(320, 320), keep_ratio=False),
    dict(type='RandomFlip', prob=0.5),
    dict(type='PackSegInputs')
]
test_pipeline = [
    dict(type='LoadImageFromFile', imdecode_backend='comnet'),
    dict(type='Resize', scale=(320, 320), keep_ratio=False),
    dict(type='LoadVOCMask'),
    dict(type='PackSegInputs')
]
# as many scales as voc_pseudo.py, around the one size that it was trained at
tta_pipeline = [
    dict(type='LoadVOCImage'),
    dict(
        type='TestTimeAug',
        transforms=[
            [
                dict(type='Resize', scale=(size, size), keep_ratio=False)
                for size in (160, 240, 320, 400, 480)
            ],
            [
                dict(type='RandomFlip', prob=0., direction='horizontal'),
                dict(type='RandomFlip', prob=1., direction='horizontal')
            ],
            [dict(type='LoadVOCMask')],
            [dict(type='PackSegInputs')]
        ])
]

train_dataloader = dict(
    batch_size=16,
    num_workers=1,
    dataset=dict(
        data_root=data_root,
        image_set_path=train_list,
        pipeline=train_pipeline))
val_dataloader = dict(
    num_workers=1,
    dataset=dict(data_root=data_root, pipeline=test_pipeline))
test_dataloader = val_dataloader
