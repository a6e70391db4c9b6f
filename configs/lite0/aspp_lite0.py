# Larger pictures, those of the classifier's CAMs, and a head that sees what
# the picture shows as a whole.
_base_ = 'deeplabv2_lite0.py'

model = dict(
    data_preprocessor=dict(size={{_base_.cam_size}}),
    decode_head=dict(
        _delete_=True,
        type='ReducedASPPHead',
        in_channels=1280,
        num_classes=21))

train_dataloader = dict(
    dataset=dict(pipeline={{_base_.cam_train_pipeline}}))
val_dataloader = dict(dataset=dict(pipeline={{_base_.cam_pipeline}}))
test_dataloader = val_dataloader
