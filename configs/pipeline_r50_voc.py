# From photographs with labels to a segmentor: tools/pipeline.py.
_base_ = '_base_/pseudo/irn.py'
data_root = 'data/VOCdevkit/VOC2012'
train_list = 'ImageSets/Segmentation/train_aug.txt'
val_list = 'ImageSets/Segmentation/val.txt'
# of classifier, irnet and segmentor, by default those of their configs; one
# file or URL instead of the dict is for all three
pretrained = dict()

irnet = 'irnet_r50_voc.py'
segmentor = 'deeplabv2_r50_voc.py'
methods = dict(
    cam=dict(classifier='cam_r50_voc.py'),
    comnet=dict(classifier='comnet_r50_voc.py'))
tta = True  # five scales and the mirrored image, for the segmentor's test
