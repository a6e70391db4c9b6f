# Plain CAM on a frozen DINOv2 ViT-S, stride 14.
_base_ = '../voc12_small/cam_r50_frozen_voc12.py'
pretrained = (
    'https://mmassets.onedl.ai/mmpretrain/v1.0/dinov2/'
    'vit-small-p14_dinov2-pre_3rdparty_20230426-5641ca5a.pth')
model = dict(
    backbone=dict(
        backbone=dict(
            _delete_=True,
            type='VisionTransformer',
            arch='dinov2-small',
            img_size=518,  # of its positions; pictures have any size
            patch_size=14,
            layer_scale_init_value=1e-5,
            out_type='featmap',
            init_cfg=dict(
                type='Pretrained', checkpoint=pretrained,
                prefix='backbone'))))
