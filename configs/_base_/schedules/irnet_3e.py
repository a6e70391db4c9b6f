# IRN: 3 epochs of 32 images; a displacement branch, where there is one, learns
# ten times as fast.
optim_wrapper = dict(
    type='OptimWrapper',
    optimizer=dict(type='SGD', lr=0.1, momentum=0, weight_decay=1e-4),
    paramwise_cfg=dict(
        custom_keys={'displacement_branch': dict(lr_mult=10)}))
param_scheduler = dict(
    type='PolyLR', power=0.9, eta_min=0, begin=0, end=3, by_epoch=True,
    convert_to_iter_based=True)
train_cfg = dict(by_epoch=True, max_epochs=3)
