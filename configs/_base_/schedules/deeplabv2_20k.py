# DeepLab v2: 20,000 iterations; the new layers learn ten times as fast.
optim_wrapper = dict(
    type='OptimWrapper',
    optimizer=dict(type='SGD', lr=2.5e-4, momentum=0.9, weight_decay=5e-4),
    paramwise_cfg=dict(custom_keys={'decode_head': dict(lr_mult=10)}))
param_scheduler = dict(
    type='PolyLR', power=0.9, eta_min=0, begin=0, end=20000, by_epoch=False)
train_cfg = dict(type='IterBasedTrainLoop', max_iters=20000, val_interval=5000)
log_processor = dict(by_epoch=False)
