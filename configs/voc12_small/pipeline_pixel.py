# Class-wide matching and the pixel classifier beside plain CAM.
_base_ = 'pipeline.py'
segmentor = dict(
    _delete_=True, config='aspp_r50_frozen_voc12.py', amp=True)
methods = dict(
    _delete_=True,
    cam=dict(classifier='cam_r50_frozen_voc12.py'),
    pixel=dict(
        classifier='cam_r50_classwide_frozen_voc12.py',
        directions=dict(type='Directions'),
        pixel_classifier=dict(type='PixelClassifier'),
        pixel_evaluation=dict(
            type='PixelEvaluation', config='pixel_r50_frozen_voc12.py'),
        affinity=dict(
            cam_dir='pixel_classifier', fg_threshold=0.6, bg_threshold=0.4),
        # probabilities are compared over the image, not with its maximum
        pseudo=dict(
            cam_dir='pixel_classifier', normalize='mean', num_steps=64,
            bg_threshold=0.32)))
