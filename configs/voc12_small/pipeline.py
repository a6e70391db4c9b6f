# From photographs with labels to a segmentor on VOC 2012's train, with frozen
# features: two CPU cores are enough.
data_root = '{{$COMNET_VOC12:data/VOCdevkit/VOC2012}}'
train_list = 'ImageSets/Segmentation/train.txt'
val_list = 'ImageSets/Segmentation/val.txt'

irnet = 'irnet_r18_voc12.py'
segmentor = 'deeplabv2_r50_frozen_voc12.py'
methods = dict(
    cam=dict(classifier='cam_r50_frozen_voc12.py'),
    comnet=dict(classifier='comnet_r50_frozen_voc12.py'))
