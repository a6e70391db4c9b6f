# From photographs with labels to a segmentor, on MS COCO 2014.
data_root = 'data/coco14'
train_list = 'ImageSets/Segmentation/train.txt'
val_list = 'ImageSets/Segmentation/val.txt'
labels = 'labels.csv'

irnet = 'irnet_r50_coco.py'
segmentor = 'deeplabv2_r50_coco.py'
methods = dict(
    cam=dict(classifier='cam_r50_coco.py'),
    comnet=dict(classifier='comnet_r50_coco.py'))
evaluation = dict(tta=True)  # five scales and the mirrored image
