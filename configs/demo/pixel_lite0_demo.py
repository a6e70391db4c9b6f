# The linear classifier of positions that the step PixelClassifier fits.
_base_ = 'deeplabv2_lite0_demo.py'
model = dict(
    decode_head=dict(
        _delete_=True,
        type='PixelHead',
        in_channels=320,
        num_classes=6))
