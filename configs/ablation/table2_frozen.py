# The two matching modules, as the paper sets them and as frozen features want
# them: all of a picture's group at CAM time, the mean of more neighbours.
title = 'The two matching modules, frozen ResNet-50'
steps = ['cam']
inter = dict(type='InterMatching', alpha=4)
mean = dict(
    type='IntraMatching', in_channels=None, num_neighbors=32, reduce='mean')
group = {
    'test_dataloader.dataset.type': 'PairedVOCDataset',
    'test_dataloader.dataset.group_size': 5,
    'default_hooks.cam.matching': 'partners'}
strong = dict(
    InterMatching=dict(),
    IntraMatching=dict(num_neighbors=32, reduce='mean'))
rows = dict(
    # of Table II
    baseline=dict(title='baseline', method='cam', paper=dict(cam=48.3)),
    inter=dict(
        title='+ inter-matching',
        necks=dict(InterMatching=dict()),
        paper=dict(cam=49.5)),
    intra=dict(
        title='+ intra-matching',
        necks=dict(IntraMatching=dict()),
        paper=dict(cam=49.6)),
    both=dict(title='+ both (COMNet)', paper=dict(cam=50.8)),
    # nothing is trained for these three
    cam_inter=dict(
        title='plain CAM, four partners at CAM time, alpha = 4',
        method='cam',
        classifier=dict(options=dict(group, **{
            'default_hooks.cam.necks': [inter]}))),
    cam_intra=dict(
        title='plain CAM, mean of 32 neighbours at CAM time',
        method='cam',
        classifier=dict(options={
            'default_hooks.cam.necks': [mean]})),
    cam_both=dict(
        title='plain CAM, both at CAM time',
        method='cam',
        classifier=dict(options=dict(group, **{
            'default_hooks.cam.necks': [inter, mean]}))),
    mean_both=dict(
        title='COMNet, mean of 32 neighbours, four partners at CAM time',
        necks=strong,
        classifier=dict(options=group)),
    mean_both4=dict(
        title='the same, alpha = 4',
        necks=dict(strong, InterMatching=dict(alpha=4)),
        classifier=dict(options=group)))
