# Plain CAM on a frozen Swin-T, stride 32.
_base_ = '../voc12_small/cam_r50_frozen_voc12.py'
pretrained = (
    'https://mmassets.onedl.ai/mmclassification/v0/swin-transformer/'
    'swin_tiny_224_b16x64_300e_imagenet_20210616_090925-66df6be6.pth')
model = dict(
    backbone=dict(
        backbone=dict(
            _delete_=True,
            type='SwinTransformer',
            arch='tiny',
            out_indices=(3, ),
            pad_small_map=True,  # at the small scale of the CAMs
            init_cfg=dict(
                type='Pretrained', checkpoint=pretrained,
                prefix='backbone'))))
