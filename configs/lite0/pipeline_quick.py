# A first look: one size of pictures, which the backbone sees once, the CRF in
# place of IRNet and random walk, and a small segmentor for a few steps.
_base_ = 'pipeline.py'
size = (320, 320)

expected = None
affinity = None
irnet = None
pseudo = dict(_delete_=True, type='CAMMasks', bg_threshold=0.3)
segmentor = dict(
    config='aspp_small_lite0.py',
    options={
        'model.data_preprocessor.size': size,
        'train_dataloader.dataset.pipeline.2.scale': size,
        'val_dataloader.dataset.pipeline.1.scale': size,
        'test_dataloader.dataset.pipeline.1.scale': size,
        'train_dataloader.batch_size': 8,
        'optim_wrapper.optimizer.lr': 1e-3,
        'param_scheduler.end': 80,
        'train_cfg.max_iters': 80,
        'train_cfg.val_interval': 81})
methods = dict(
    _delete_=True,
    quick=dict(classifier=dict(
        config='comnet_lite0.py',
        options={
            'val_dataloader.dataset.pipeline.1.scale': size,
            'test_dataloader.dataset.pipeline.1.scale': size,
            'default_hooks.cam.scales': (1.0, ),
            'param_scheduler.end': 6,
            'train_cfg.max_epochs': 6,
            'train_cfg.val_interval': 7})))
