_base_ = 'deeplabv2_r50_voc.py'
pretrained = 'torchvision://resnet101'
model = dict(backbone=dict(depth=101, init_cfg=dict(checkpoint=pretrained)))
