# From generated scenes with labels to a segmentor, in a few minutes.
_base_ = '../_base_/pseudo/demo.py'
data_root = 'data/demo'
train_list = 'ImageSets/Segmentation/train.txt'
val_list = 'ImageSets/Segmentation/val.txt'
# there are no other weights than those of the trained classifier
pretrained = dict(classifier=None, irnet='classifier', segmentor='classifier')

irnet = 'irnet_tiny_demo.py'
segmentor = 'deeplabv2_tiny_demo.py'
methods = dict(
    cam=dict(classifier='cam_tiny_demo.py'),
    comnet=dict(classifier='comnet_tiny_demo.py'))
