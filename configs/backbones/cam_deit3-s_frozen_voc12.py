# Plain CAM on a frozen DeiT-3-S, stride 16.
_base_ = '../voc12_small/cam_r50_frozen_voc12.py'
pretrained = (
    'https://mmassets.onedl.ai/mmclassification/v0/deit3/'
    'deit3-small-p16_3rdparty_in1k_20221008-0f7c70cf.pth')
model = dict(
    backbone=dict(
        backbone=dict(
            _delete_=True,
            type='DeiT3',
            arch='small',
            img_size=224,
            patch_size=16,
            out_type='featmap',
            init_cfg=dict(
                type='Pretrained', checkpoint=pretrained,
                prefix='backbone'))))
