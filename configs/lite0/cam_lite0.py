# The plain CAM baseline: COMNet without the two matching modules.
_base_ = 'comnet_lite0.py'
model = dict(neck=None)
