# COMNet with inter-matching alone.
_base_ = 'comnet_squeezenet_msrc14.py'
model = dict(neck=[dict(type='InterMatching', alpha=1.5)])
