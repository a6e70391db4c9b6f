# Plain CAM on a frozen ConvNeXt-T, stride 32.
_base_ = '../voc12_small/cam_r50_frozen_voc12.py'
pretrained = (
    'https://mmassets.onedl.ai/mmclassification/v0/convnext/'
    'convnext-tiny_32xb128_in1k_20221207-998cf3e9.pth')
model = dict(
    backbone=dict(
        backbone=dict(
            _delete_=True,
            type='ConvNeXt',
            arch='tiny',
            out_indices=(3, ),
            gap_before_final_norm=False,
            init_cfg=dict(
                type='Pretrained', checkpoint=pretrained,
                prefix='backbone'))))
