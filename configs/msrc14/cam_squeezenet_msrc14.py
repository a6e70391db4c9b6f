# The plain CAM baseline: COMNet without the two matching modules.
_base_ = 'comnet_squeezenet_msrc14.py'
model = dict(neck=None)
