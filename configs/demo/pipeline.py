# From generated scenes with labels to a segmentor, in a few minutes.
_base_ = '../_base_/pseudo/demo.py'
data_root = 'data/demo'
train_list = 'ImageSets/Segmentation/train.txt'
val_list = 'ImageSets/Segmentation/val.txt'

irnet = 'irnet_lite0_demo.py'
segmentor = 'deeplabv2_lite0_demo.py'
methods = dict(
    cam=dict(classifier='cam_lite0_demo.py'),
    comnet=dict(classifier='comnet_lite0_demo.py'))
