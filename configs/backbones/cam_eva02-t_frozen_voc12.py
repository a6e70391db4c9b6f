# Plain CAM on a frozen EVA-02-Ti, stride 14.
_base_ = '../voc12_small/cam_r50_frozen_voc12.py'
pretrained = (
    'https://mmassets.onedl.ai/mmpretrain/v1.0/eva02/'
    'eva02-tiny-p14_pre_in21k_20230505-d703e7b1.pth')
model = dict(
    data_preprocessor=dict(
        mean=[122.771, 116.746, 104.094], std=[68.5, 66.632, 70.323]),
    backbone=dict(
        backbone=dict(
            _delete_=True,
            type='EVA02',
            arch='tiny',
            img_size=224,
            patch_size=14,
            final_norm=False,
            out_type='featmap',
            init_cfg=dict(
                type='Pretrained', checkpoint=pretrained,
                prefix='backbone'))))
