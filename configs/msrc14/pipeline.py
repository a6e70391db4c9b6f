# From photographs with labels to a segmentor, with SqueezeNet on MSRC14.
data_root = '{{$COMNET_MSRC14:data/MSRC14}}'
pretrained = '{{$COMNET_SQUEEZENET:data/squeezenet1_1_imagenet.pth}}'

classifier = 'comnet_squeezenet_msrc14.py'
irnet = 'irnet_squeezenet_msrc14.py'
baseline = 'cam_squeezenet_msrc14.py'
baseline_irnet = 'irnet_cam_squeezenet_msrc14.py'
segmentor = 'deeplabv2_squeezenet_msrc14.py'

affinity = dict(fg_threshold=0.22, bg_threshold=0.15)
tta = True  # five scales and the mirrored image, for the segmentor's test
