# Larger pictures, those of the classifier's CAMs, and a head that sees what
# the picture shows as a whole.
_base_ = 'deeplabv2_lite0.py'
crop_size = (480, 480)

model = dict(
    data_preprocessor=dict(size=crop_size),
    decode_head=dict(
        _delete_=True,
        type='ReducedASPPHead',
        in_channels=1280,
        num_classes=21))

train_pipeline = [
    dict(type='LoadVOCImage'),
    dict(type='LoadVOCMask'),
    dict(type='Resize', scale=crop_size, keep_ratio=False),
    dict(type='RandomFlip', prob=0.5),
    dict(type='PackSegInputs')
]
train_dataloader = dict(dataset=dict(pipeline=train_pipeline))
val_dataloader = dict(dataset=dict(pipeline={{_base_.cam_pipeline}}))
test_dataloader = val_dataloader
