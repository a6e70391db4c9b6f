# DeepLab v3+, ConvNeXt-T, on pseudo masks: mmseg's own head.
_base_ = '../deeplabv3plus_r50_voc.py'
pretrained = (
    'https://mmassets.onedl.ai/mmclassification/v0/convnext/'
    'convnext-tiny_32xb128_in1k_20221207-998cf3e9.pth')
model = dict(
    backbone=dict(
        _delete_=True,
        type='mmpretrain.ConvNeXt',
        arch='tiny',
        out_indices=(0, 1, 2, 3),
        gap_before_final_norm=False,
        init_cfg=dict(
            type='Pretrained', checkpoint=pretrained, prefix='backbone')),
    # its rates are for stride 8, the last stage is at 32
    decode_head=dict(
        in_channels=768, c1_in_channels=96, dilations=(1, 3, 6, 9)))
optim_wrapper = dict(
    optimizer=dict(
        _delete_=True, type='AdamW', lr=1e-4, weight_decay=0.05),
    paramwise_cfg=dict(norm_decay_mult=0))
