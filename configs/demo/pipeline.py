# From generated scenes with labels to a segmentor, in a few minutes.
data_root = 'data/demo'
pretrained = None
pretrained_from_classifier = True  # there are no other weights

classifier = 'comnet_tiny_demo.py'
baseline = 'cam_tiny_demo.py'
irnet = 'irnet_tiny_demo.py'
segmentor = 'deeplabv2_tiny_demo.py'

affinity = dict(fg_threshold=0.30, bg_threshold=0.15)
