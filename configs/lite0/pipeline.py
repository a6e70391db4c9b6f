# From photographs with labels to a segmentor on a CPU, with weights that come
# in a package.
_base_ = '../_base_/pseudo/lite0.py'
data_root = 'data/mine'
train_list = 'ImageSets/Segmentation/train.txt'
val_list = 'ImageSets/Segmentation/val.txt'

irnet = 'irnet_lite0.py'
segmentor = dict(config='aspp_lite0.py', amp=True)
methods = dict(
    # plain CAMs are lower than COMNet's
    cam=dict(
        classifier='cam_lite0.py',
        affinity=dict(fg_threshold=0.25, bg_threshold=0.13),
        pseudo=dict(bg_threshold=0.26)),
    comnet=dict(classifier='comnet_lite0.py'),
    pixel=dict(
        classifier='cam_lite0_classwide.py',
        directions=dict(type='Directions'),
        pixel_classifier=dict(type='PixelClassifier'),
        pixel_evaluation=dict(
            type='PixelEvaluation', config='pixel_lite0.py'),
        affinity=dict(
            cam_dir='pixel_classifier', fg_threshold=0.6, bg_threshold=0.4),
        pseudo=dict(cam_dir='pixel_classifier', bg_threshold=0.48)))

# four times what 73 pictures of MSRC14 took
expected = dict(
    num_images=294,
    where='two cores',
    seconds=dict(
        classifier=109, directions=44, cam=57, pixel_classifier=98,
        pixel_evaluation=33, affinity=34, irnet=26, pseudo=51, segmentor=374,
        evaluation=10),
    limited=('segmentor', ))
