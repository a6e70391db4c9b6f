# Plain CAM on a frozen CLIP ViT-B, fine-tuned on ImageNet, stride 16.
_base_ = '../voc12_small/cam_r50_frozen_voc12.py'
pretrained = (
    'https://mmassets.onedl.ai/mmclassification/v0/clip/'
    'clip-vit-base-p16_openai-pre_3rdparty_in1k_20221220-c7d9c899.pth')
model = dict(
    backbone=dict(
        backbone=dict(
            _delete_=True,
            type='VisionTransformer',
            arch='base',
            img_size=224,
            patch_size=16,
            pre_norm=True,
            out_type='featmap',
            init_cfg=dict(
                type='Pretrained', checkpoint=pretrained,
                prefix='backbone'))))
