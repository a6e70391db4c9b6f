# From photographs with labels to a segmentor: tools/pipeline.py.
data_root = 'data/VOCdevkit/VOC2012'
pretrained = 'torchvision://resnet50'

classifier = 'comnet_r50_voc.py'
baseline = 'cam_r50_voc.py'
irnet = 'irnet_r50_voc.py'
segmentor = 'deeplabv2_r50_voc.py'

affinity = dict(fg_threshold=0.30, bg_threshold=0.05)
tta = True  # five scales and the mirrored image, for the segmentor's test
