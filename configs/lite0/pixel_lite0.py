# The linear classifier of positions that the step PixelClassifier fits.
_base_ = 'deeplabv2_lite0.py'
model = dict(
    decode_head=dict(
        _delete_=True,
        type='PixelHead',
        in_channels=1280,
        num_classes=21))
val_dataloader = dict(dataset=dict(pipeline={{_base_.cam_pipeline}}))
test_dataloader = val_dataloader
