# The pixel classifier beside plain CAM: taught by class-wide matching, and by
# COMNet.
_base_ = 'pipeline.py'
methods = dict(
    _delete_=True,
    cam=dict(
        classifier='cam_lite0.py',
        affinity=dict(fg_threshold=0.25, bg_threshold=0.13),
        pseudo=dict(bg_threshold=0.26)),
    pixel=dict(
        classifier='cam_lite0_classwide.py',
        directions=dict(type='Directions'),
        pixel_classifier=dict(type='PixelClassifier'),
        pixel_evaluation=dict(
            type='PixelEvaluation', config='pixel_lite0.py'),
        affinity=dict(
            cam_dir='pixel_classifier', fg_threshold=0.6, bg_threshold=0.4),
        # walked probabilities: comnet tune's choice on MSRC14, without masks
        pseudo=dict(cam_dir='pixel_classifier', bg_threshold=0.6)),
    comnet_pixel=dict(
        classifier='comnet_lite0.py',
        pixel_classifier=dict(type='PixelClassifier'),
        affinity=dict(
            cam_dir='pixel_classifier', fg_threshold=0.6, bg_threshold=0.4),
        pseudo=dict(cam_dir='pixel_classifier', bg_threshold=0.6)))
