# Plain CAM on a frozen MobileNet-v3, stride 32.
_base_ = '../voc12_small/cam_r50_frozen_voc12.py'
pretrained = (
    'https://mmassets.onedl.ai/mmclassification/v0/mobilenet_v3/convert/'
    'mobilenet_v3_large-3ea3c186.pth')
model = dict(
    backbone=dict(
        backbone=dict(
            _delete_=True,
            type='MobileNetV3',
            arch='large',
            init_cfg=dict(
                type='Pretrained', checkpoint=pretrained,
                prefix='backbone'))))
