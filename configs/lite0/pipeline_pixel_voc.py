# What lite0-voc was made by: no IRNet, and a small segmentor.
_base_ = 'pipeline.py'
data_root = '{{$COMNET_VOC12:data/VOCdevkit/VOC2012}}'

segmentor = dict(config='aspp_small_lite0.py')
methods = dict(
    _delete_=True,
    pixel=dict(
        classifier='cam_lite0_classwide.py',
        directions=dict(type='Directions'),
        affinity=None,
        irnet=None,
        pixel_classifier=dict(
            type='PixelClassifier', fg_threshold=0.5, bg_threshold=0.2),
        pixel_evaluation=dict(
            type='PixelEvaluation', config='pixel_lite0.py'),
        # probabilities: above a half a class is the most probable one
        pseudo=dict(
            _delete_=True, type='CAMMasks', cam_dir='pixel_classifier',
            bg_threshold=0.5)))
