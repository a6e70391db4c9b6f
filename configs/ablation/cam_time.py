# Not of the paper: plain CAM, matched at CAM time alone. The rows train one
# classifier. Partners share a class with an image.
title = 'Matching at CAM time'
steps = ['cam']
inter = dict(type='InterMatching', alpha=4)
mean = dict(
    type='IntraMatching', in_channels=None, num_neighbors=16, reduce='mean')
rows = dict(
    plain=dict(
        title='plain CAM',
        method='cam'),
    alone=dict(
        title='each image by itself, alpha = 4',
        method='cam',
        classifier=dict(options={
            'default_hooks.cam.necks': [inter]})),
    partner=dict(
        title='a partner, alpha = 4',
        method='cam',
        classifier=dict(options={
            'test_dataloader.dataset.type': 'PairedVOCDataset',
            'default_hooks.cam.matching': 'partners',
            'default_hooks.cam.necks': [inter]})),
    mean16=dict(
        title='a partner, alpha = 4, mean of 16',
        method='cam',
        classifier=dict(options={
            'test_dataloader.dataset.type': 'PairedVOCDataset',
            'default_hooks.cam.matching': 'partners',
            'default_hooks.cam.necks': [inter, mean]})),
    group5=dict(
        title='four partners, alpha = 4, mean of 32',
        method='cam',
        classifier=dict(options={
            'test_dataloader.dataset.type': 'PairedVOCDataset',
            'test_dataloader.dataset.group_size': 5,
            'default_hooks.cam.matching': 'partners',
            'default_hooks.cam.necks': [
                inter, dict(mean, num_neighbors=32)]})),
    group8=dict(
        title='seven partners, alpha = 8, mean of 64',
        method='cam',
        classifier=dict(options={
            'test_dataloader.dataset.type': 'PairedVOCDataset',
            'test_dataloader.dataset.group_size': 8,
            'default_hooks.cam.matching': 'partners',
            'default_hooks.cam.necks': [
                dict(inter, alpha=8), dict(mean, num_neighbors=64)]})))
