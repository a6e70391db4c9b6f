# Plain CAM, matched at CAM time alone: its training is that of plain CAM.
_base_ = 'cam_r50_voc.py'

test_dataloader = dict(
    dataset=dict(type='PairedVOCDataset', group_size=5))  # N, with partners
inter = dict(type='InterMatching', alpha=4)
mean = dict(
    type='IntraMatching', in_channels=None, num_neighbors=32, reduce='mean')
default_hooks = dict(cam=dict(matching='partners', necks=[inter, mean]))
