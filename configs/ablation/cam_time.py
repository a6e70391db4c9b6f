# Not of the paper: plain CAM, matched at CAM time alone. The rows train one
# classifier. Partners share a class with an image.
title = 'Matching at CAM time'
stages = ['cam']
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
        options=dict(classifier={
            'custom_hooks.1.necks': [inter]})),
    partner=dict(
        title='a partner, alpha = 4',
        method='cam',
        options=dict(classifier={
            'test_dataloader.dataset.type': 'PairedVOCDataset',
            'custom_hooks.1.matching': 'partners',
            'custom_hooks.1.necks': [inter]})),
    mean16=dict(
        title='a partner, alpha = 4, mean of 16',
        method='cam',
        options=dict(classifier={
            'test_dataloader.dataset.type': 'PairedVOCDataset',
            'custom_hooks.1.matching': 'partners',
            'custom_hooks.1.necks': [inter, mean]})),
    group5=dict(
        title='four partners, alpha = 4, mean of 32',
        method='cam',
        options=dict(classifier={
            'test_dataloader.dataset.type': 'PairedVOCDataset',
            'test_dataloader.dataset.group_size': 5,
            'custom_hooks.1.matching': 'partners',
            'custom_hooks.1.necks': [inter, dict(mean, num_neighbors=32)]})),
    group8=dict(
        title='seven partners, alpha = 8, mean of 64',
        method='cam',
        options=dict(classifier={
            'test_dataloader.dataset.type': 'PairedVOCDataset',
            'test_dataloader.dataset.group_size': 8,
            'custom_hooks.1.matching': 'partners',
            'custom_hooks.1.necks': [
                dict(inter, alpha=8), dict(mean, num_neighbors=64)]})))
