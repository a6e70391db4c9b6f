# The plain CAM baseline: COMNet without the two matching modules.
_base_ = 'comnet_r50_coco.py'
model = dict(neck=None)
