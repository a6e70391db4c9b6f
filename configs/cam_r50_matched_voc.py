# Plain CAM, matched at CAM time alone: its training is that of plain CAM.
_base_ = 'cam_r50_voc.py'

test_dataloader = dict(
    dataset=dict(type='PairedVOCDataset', group_size=5))  # N, with partners
custom_hooks = [
    dict(type='GroupSamplingHook'),
    dict(
        type='CAMHook',
        matching='partners',
        necks=[
            dict(type='InterMatching', alpha=4),
            dict(
                type='IntraMatching',
                in_channels=None,
                num_neighbors=32,
                reduce='mean')
        ]),
    dict(type='ProgressHook')
]
