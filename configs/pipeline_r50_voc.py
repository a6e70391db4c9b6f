# From photographs with labels to a segmentor: comnet pipeline.
data_root = 'data/VOCdevkit/VOC2012'
train_list = 'ImageSets/Segmentation/train_aug.txt'
val_list = 'ImageSets/Segmentation/val.txt'

irnet = 'irnet_r50_voc.py'
segmentor = 'deeplabv2_r50_voc.py'
methods = dict(
    cam=dict(classifier='cam_r50_voc.py'),
    comnet=dict(classifier='comnet_r50_voc.py'))
evaluation = dict(tta=True)  # five scales and the mirrored image
