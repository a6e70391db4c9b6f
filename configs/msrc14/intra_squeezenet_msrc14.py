# COMNet with intra-matching alone.
_base_ = 'comnet_squeezenet_msrc14.py'
model = dict(neck=[
    dict(type='IntraMatching', in_channels=512, num_neighbors=8)
])
