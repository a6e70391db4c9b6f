# COMNet on a frozen ConvNeXt-T, without an MLP.
_base_ = 'cam_convnext-t_frozen_voc12.py'
model = dict(
    neck=[
        dict(type='InterMatching', alpha=1.5),
        dict(type='IntraMatching', in_channels=None, num_neighbors=8)
    ])
