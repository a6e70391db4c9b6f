# The two matching modules, as the paper sets them and as frozen features want
# them: all of a picture's group at CAM time, the mean of more neighbours.
_base_ = './table2.py'
title = 'The two matching modules, frozen ResNet-50'
inter = dict(type='InterMatching', alpha=4)
mean = dict(
    type='IntraMatching', in_channels=None, num_neighbors=32, reduce='mean')
group = {
    'test_dataloader.dataset.type': 'PairedVOCDataset',
    'test_dataloader.dataset.group_size': 5,
    'custom_hooks.1.matching': 'partners'}
strong = dict(
    InterMatching=dict(),
    IntraMatching=dict(num_neighbors=32, reduce='mean'))
rows = dict(
    # nothing is trained for these three
    cam_inter=dict(
        title='plain CAM, four partners at CAM time, alpha = 4',
        method='cam',
        options=dict(classifier=dict(group, **{
            'custom_hooks.1.necks': [inter]}))),
    cam_intra=dict(
        title='plain CAM, mean of 32 neighbours at CAM time',
        method='cam',
        options=dict(classifier={
            'custom_hooks.1.necks': [mean]})),
    cam_both=dict(
        title='plain CAM, both at CAM time',
        method='cam',
        options=dict(classifier=dict(group, **{
            'custom_hooks.1.necks': [inter, mean]}))),
    mean_both=dict(
        title='COMNet, mean of 32 neighbours, four partners at CAM time',
        necks=strong,
        options=dict(classifier=group)),
    mean_both4=dict(
        title='the same, alpha = 4',
        necks=dict(strong, InterMatching=dict(alpha=4)),
        options=dict(classifier=group)))
