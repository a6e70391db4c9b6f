# 5 epochs of 8 pairs a batch. The new classifier learns ten times as fast; the
# matching's MLP starts as the identity and is not new.
optim_wrapper = dict(
    type='OptimWrapper',
    optimizer=dict(type='SGD', lr=0.1, momentum=0, weight_decay=1e-4),
    paramwise_cfg=dict(custom_keys={'head': dict(lr_mult=10)}))
param_scheduler = dict(
    type='PolyLR', power=0.9, eta_min=0, begin=0, end=5, by_epoch=True,
    convert_to_iter_based=True)
train_cfg = dict(by_epoch=True, max_epochs=5, val_interval=1)
