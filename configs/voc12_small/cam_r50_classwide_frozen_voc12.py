# Plain CAM, strengthened at CAM time where all pictures of a class agree.
_base_ = 'cam_r50_frozen_voc12.py'

strengthen = dict(type='ClassMatching', alpha=8)
mean = dict(
    type='IntraMatching', in_channels=None, num_neighbors=64, reduce='mean',
    keep_scale=False)
default_hooks = dict(cam=dict(necks=[strengthen, mean]))
