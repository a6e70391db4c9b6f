# Larger pictures, those of the classifier's CAMs, and a head that sees what
# the picture shows as a whole.
_base_ = 'deeplabv2_r50_frozen_voc12.py'

model = dict(
    data_preprocessor=dict(size={{_base_.cam_size}}),
    decode_head=dict(
        _delete_=True,
        type='ReducedASPPHead',
        in_channels=2048,
        num_classes=21,
        loss_decode=dict(
            type='PixelCrossEntropyLoss', class_weight=[0.3] + [1.0] * 20)))

train_dataloader = dict(
    dataset=dict(pipeline={{_base_.cam_train_pipeline}}))
val_dataloader = dict(dataset=dict(pipeline={{_base_.cam_pipeline}}))
test_dataloader = val_dataloader
