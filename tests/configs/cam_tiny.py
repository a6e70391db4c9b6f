# The plain CAM baseline: COMNet without the two matching modules.
_base_ = 'comnet_tiny.py'
model = dict(neck=None)
