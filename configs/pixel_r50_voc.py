# The linear classifier of positions that the step PixelClassifier fits.
_base_ = 'deeplabv2_r50_voc.py'
model = dict(
    backbone=dict(  # the classifier's, at stride 16
        strides=(1, 2, 2, 1), dilations=(1, 1, 1, 1), contract_dilation=False),
    decode_head=dict(
        _delete_=True, type='PixelHead', in_channels=2048, num_classes=21))
