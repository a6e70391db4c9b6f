# From photographs with labels to a segmentor, on MS COCO 2014.
_base_ = '_base_/pseudo/irn.py'
data_root = 'data/coco14'
train_list = 'ImageSets/Segmentation/train.txt'
val_list = 'ImageSets/Segmentation/val.txt'
labels = 'labels.csv'
pretrained = dict()  # see pipeline_r50_voc.py

irnet = 'irnet_r50_coco.py'
segmentor = 'deeplabv2_r50_coco.py'
methods = dict(
    cam=dict(classifier='cam_r50_coco.py'),
    comnet=dict(classifier='comnet_r50_coco.py'))
tta = True  # five scales and the mirrored image, for the segmentor's test
