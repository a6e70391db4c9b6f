# The plain CAM baseline: COMNet without the two matching modules.
_base_ = 'comnet_r50_voc12.py'
model = dict(neck=None)
