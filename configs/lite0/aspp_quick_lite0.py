# For a first look: small pictures, a small head and few steps.
_base_ = 'aspp_small_lite0.py'
model = dict(data_preprocessor=dict(size={{_base_.crop_size}}))

train_dataloader = dict(
    batch_size=8, dataset=dict(pipeline={{_base_.train_pipeline}}))
val_dataloader = dict(dataset=dict(pipeline={{_base_.test_pipeline}}))
test_dataloader = val_dataloader

optim_wrapper = dict(optimizer=dict(lr=1e-3))
param_scheduler = dict(end=80)
train_cfg = dict(max_iters=80, val_interval=81)
auto_scale_iters = None
