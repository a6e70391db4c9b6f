# The same with classifiers whose ResNet-50 is trained.
_base_ = 'pipeline.py'
methods = dict(
    _delete_=True,
    cam=dict(classifier='cam_r50_voc12.py'),
    comnet=dict(classifier='comnet_r50_voc12.py'))
